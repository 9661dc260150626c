import { minImages } from '../../advice/faults/giveaways.js'
import type { Giveaway, GiveawayAttribute } from '../../advice/findings.js'
import { html, type Markup } from '../html.js'
import { percent, table } from '../table.js'
import { unjudgedNote, type AdvicePage } from './context.js'

const attributes: Readonly<Record<GiveawayAttribute, string>> = {
  brightness: 'brightness',
  contrast: 'contrast',
  colourfulness: 'colour',
  pixels: 'size in pixels',
  aspect: 'width by height',
  'jpeg-quality': 'JPEG quality',
  format: 'kind of file',
  camera: 'camera',
  grey: 'grey or coloured',
}

/** What tells a class from the others although it has nothing to do with it. */
export function giveawaysSection({ advice }: AdvicePage): Markup {
  const { giveaways, judged, classes } = advice
  const needs = `${minImages} photographs of a class, and as many others`
  const unjudged = unjudgedNote(judged.giveaways, classes.length, needs)
  if (judged.giveaways === 0) return unjudged
  if (giveaways.length === 0)
    return html`<p>
        Nothing was found: no class differs from the others in brightness, contrast, colour, size, shape, camera or kind
        of file in a way that would give it away.
      </p>
      ${unjudged}`
  return html`<p>
      The files of these classes differ from the others in something that has nothing to do with what they show. A
      classifier may learn that in place of the class, and fails where it is missing. Take such photographs in the same
      way as the others.
    </p>
    ${table(
      'What gives classes away, the strongest first',
      [
        { title: 'Class', value: ({ label }) => label },
        { title: 'differs in', value: ({ attribute }) => attributes[attribute] },
        { title: 'In the class', value: (one) => typical(one, 0) },
        { title: 'In the others', value: (one) => typical(one, 1) },
        {
          title: 'Tells it apart',
          hint: '0 % not at all, 100 % always',
          value: ({ score }) => score,
          show: ({ score }) => percent(score),
        },
      ],
      giveaways,
    )}
    ${unjudged}`
}

function typical({ value, others, shares }: Giveaway, side: 0 | 1): string {
  const shown = side === 0 ? value : others
  if (typeof shown === 'number') return String(Number(shown.toPrecision(3)))
  if (shares === undefined) return shown
  return side === 0 ? `${shown} (${percent(shares[0])})` : `${shown} (${String(value)}: ${percent(shares[1])})`
}
