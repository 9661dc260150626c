import type { DomainShift } from '../../advice/domain-shift.js'
import { barChart } from '../bar-chart.js'
import { figure, type Chart } from '../chart.js'
import { html, type Markup } from '../html.js'
import { percent, table } from '../table.js'
import type { AdvicePage } from './context.js'

/** A set of images on the ruler. */
interface RuledSet {
  readonly name: string
  readonly distance: number
  readonly unsureness: number
  readonly isThis: boolean
}

/** How far the photographs are from those that the base model learned from. */
export function shiftSection({ advice: { shift, model }, draw }: AdvicePage): Markup {
  if (shift === null)
    return html`<p class="note">There are no old images of this model at hand, so there is nothing to compare with.</p>`
  const sets = ruler(shift)
  const sure = `Its surest answer to one of these photographs has a probability of ${percent(surenessOf(shift))} in the geometric mean.`
  const numbers = table(
    'How far sets of pictures are from those of the base model',
    [
      { title: 'Pictures', value: ({ name }) => name },
      {
        title: 'Unsureness (nats)',
        hint: 'mean of −log of the largest probability',
        value: (one) => one.unsureness,
        show: (one) => one.unsureness.toFixed(2),
      },
      {
        title: 'As sure as',
        hint: 'the largest probability, in the geometric mean',
        value: surenessOf,
        show: (one) => percent(surenessOf(one)),
      },
      {
        title: 'Kernel distance',
        hint: 'of the features, as a whole',
        value: ({ distance }) => distance,
        show: ({ distance }) => distance.toFixed(3),
      },
    ],
    sets,
  )
  if (shift.scale.length === 0)
    return html`<p>${sure} There is no ruler of known sets for ${model}.</p>
      ${numbers}`
  return figure(
    draw(shiftChart(shift)),
    html`<p>
      The stranger pictures are to the base model, the less sure it is of what it sees, and the less its features say
      about them. Known sets of pictures are the ruler. ${sure}
    </p>`,
    numbers,
  )
}

export function shiftChart(shift: DomainShift): Chart {
  const bars = ruler(shift).map(({ name, unsureness, isThis }) => ({
    name,
    value: unsureness,
    text: unsureness.toFixed(2),
    colour: isThis ? 'var(--c1)' : 'var(--old)',
  }))
  return barChart(bars, {
    name: 'How unsure the base model is of these photographs, and of known sets of pictures',
    axis: 'how unsure the base model is (nats)',
    margin: 220,
    pitch: 26,
    gap: 6,
    longest: 36,
  })
}

function ruler({ distance, unsureness, scale }: DomainShift): RuledSet[] {
  const own = { name: 'these photographs', distance, unsureness, isThis: true }
  const known = scale.map((one) => ({ ...one, isThis: false }))
  return [...known, own].sort((a, b) => a.unsureness - b.unsureness)
}

function surenessOf({ unsureness }: Pick<DomainShift, 'unsureness'>): number {
  return Math.exp(-unsureness)
}
