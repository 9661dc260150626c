import { minPictures } from '../../advice/faults/outliers.js'
import type { AdvisedClass } from '../../advice/findings.js'
import { barChart } from '../bar-chart.js'
import type { Chart } from '../chart.js'
import { html, type Markup } from '../html.js'
import { photosButton } from '../photo-strip.js'
import { bar, table } from '../table.js'
import type { AdvicePage } from './context.js'

/** Classes that a chart has room for. */
const most = 60

/** How many photographs of each class there are, and how well each is told from the others. */
export function classesSection({ advice, draw, photoOf }: AdvicePage): Markup {
  const { classes, judged, mislabelled, outliers } = advice
  const likely = (list: readonly { label: string; likely: boolean; file: string }[], label: string) =>
    list.filter((one) => one.likely && one.label === label).map(({ file }) => file)
  const counted = classes.map((one) => ({
    ...one,
    wrong: judged.labels === 0 || one.top1 === null ? null : likely(mislabelled, one.label),
    unlike: one.images < minPictures ? null : likely(outliers, one.label),
  }))
  type Row = (typeof counted)[number]
  const shown = (files: readonly string[] | null, title: string) =>
    files === null ? '–' : photosButton(files.length, files.map(photoOf), title)
  const numbers = table<Row>(
    'Photographs by class; a click on a title sorts',
    [
      { title: 'Class', value: ({ label }) => label },
      { title: 'Photographs', hint: 'different ones that can be used', value: ({ images }) => images },
      { title: 'Files', value: ({ files }) => files },
      {
        title: 'Right when left out',
        hint: 'share answered rightly by heads that had not seen them',
        value: ({ top1 }) => top1,
        show: ({ top1 }) => bar(top1),
      },
      {
        title: 'Wrong folder?',
        hint: '– with too few photographs to judge',
        value: ({ wrong }) => wrong?.length ?? null,
        show: ({ wrong, label }) => shown(wrong, `Probably not ${label}`),
      },
      {
        title: 'Unlike the class',
        hint: '– with too few photographs to judge',
        value: ({ unlike }) => unlike?.length ?? null,
        show: ({ unlike, label }) => shown(unlike, `Unlike the other photographs of ${label}`),
      },
      ...(classes.some(({ grows }) => grows !== null)
        ? [{ title: 'More of', value: ({ grows }: Row) => grows ?? '' }]
        : []),
    ],
    counted,
    true,
  )
  const explanation = html`<p>
    Classes with far fewer photographs than others are learned worse. A class that is answered worse than others when
    left out looks like another one, or has photographs in it that do not belong there.
  </p>`
  if (classes.length > most || classes.length < 2) return html`${explanation}${numbers}`
  return html`<figure class="chart">
      <figcaption>${explanation}</figcaption>
      ${draw(classChart(classes))}
    </figure>
    ${numbers}`
}

export function classChart(classes: readonly AdvisedClass[]): Chart {
  const bars = classes.map(({ label, images }) => ({
    name: label,
    value: images,
    text: String(images),
    colour: 'var(--c0)',
  }))
  const layout = { margin: 150, pitch: 24, gap: 4, longest: 24 }
  return barChart(bars, { name: 'Number of photographs by class', axis: 'photographs', ...layout })
}
