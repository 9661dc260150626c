import { figure, type Chart } from '../chart.js'
import { html, type Markup } from '../html.js'
import { percent, table } from '../table.js'
import type { FeaturePoint, MapView } from '../view/map.js'
import type { RecordPage } from './context.js'

/** Colours of added classes, in turn. */
const colours = 8

/** The map of photographs, added classes over the base model's. */
export function mapSection(view: MapView, page: RecordPage): Markup {
  const { classes, points, background } = view
  const colourOf = new Map(
    classes.filter(({ isAdded }) => isAdded).map(({ index }, i) => [index, `var(--c${i % colours})`]),
  )
  const legend = [
    ...classes
      .filter(({ isAdded }) => isAdded)
      .map(({ label, index }) => html`<li style="--mark: ${colourOf.get(index)!}">${label}</li>`),
    (background.length > 0 || points.some(({ isAdded }) => !isAdded)) &&
      html`<li style="--mark: var(--old)">classes of the base model</li>`,
    html`<li class="ring">answered wrongly</li>`,
  ]
  const svg = page.draw(mapChart(view, colourOf, page))
  const [dots, all] = [points.length + background.length, page.records.length]
  return html`${figure(
    svg,
    html`<p>
        Each dot is a photograph. Photographs that look alike to the classifier lie close together; directions and long
        distances mean nothing. A class that forms an island is easily told apart. A dot in the island of another class
        is a photograph that looks like that class, or lies in the wrong folder. Point at a dot to see it; with the
        keyboard, the arrows go from dot to dot and Enter opens
        one.${
          points.some(({ place }) => page.photosOf([place]).length === 0) &&
          ' Pale dots have no picture: only features are kept of them.'
        }${dots < all && ` Of ${all} photographs, ${dots} are on the map.`}
      </p>
      <ul class="legend">
        ${legend}
      </ul>`,
    table(
      'How far each class keeps to itself: of the ten photographs nearest on the map, the share of the same class',
      [
        { title: 'Class', value: ({ label }) => label },
        { title: 'Photographs', value: ({ count }) => count },
        {
          title: 'Neighbours of the same class',
          hint: '– with fewer than five photographs',
          value: ({ alike }) => alike,
          show: ({ alike }) => (alike === null ? '–' : percent(alike)),
        },
        { title: 'Most frequent other neighbour', value: ({ nearest }) => nearest ?? '–' },
      ],
      classes.filter(({ isAdded }) => isAdded),
    ),
  )}`
}

function mapChart(
  { points, background }: MapView,
  colourOf: ReadonlyMap<number, string>,
  { photosOf, photographs }: RecordPage,
): Chart {
  // Added ones are drawn last, over the others.
  const ordered = [...points].sort((a, b) => Number(a.isAdded) - Number(b.isAdded))
  return {
    name: 'Map of all photographs by likeness. The arrow keys go from photograph to photograph.',
    draw: (plot) => ({
      width: 720,
      height: 560,
      margin: 12,
      axis: null,
      marks: [
        plot.dot(background, { r: 3.5, fill: 'var(--old)', fillOpacity: 0.6 }),
        plot.dot(ordered, {
          className: 'photographs',
          x: 'x',
          y: 'y',
          r: 4.5,
          fill: ({ index }: FeaturePoint) => colourOf.get(index) ?? 'var(--old)',
          fillOpacity: ({ place }: FeaturePoint) => (photosOf([place]).length > 0 ? 0.75 : 0.45),
          stroke: ({ isWrong }: FeaturePoint) => (isWrong ? 'var(--wrong)' : 'none'),
          strokeWidth: 2,
        }),
      ],
      color: { type: 'identity' },
    }),
    // As an image it would leave the arrow keys to the screen reader.
    ownAttributes: { class: 'map', tabindex: '0', role: 'application' },
    attributes: {
      '.photographs circle': (i) => {
        const [photo] = photosOf([ordered[i]!.place])
        if (photo === undefined) return {}
        return { 'data-photos': String(photo), 'data-title': photographs.caption(photo) }
      },
    },
  }
}
