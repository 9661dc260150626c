import type { HeldOutRecord } from '../../bundle/manifest.js'
import { wilsonInterval } from '../../math/wilson.js'
import { count, percent, printable } from '../format.js'
import type { Style } from '../style.js'
import { table } from '../table.js'

/** Largest number of classes listed, and of wrong answers per class, the worst first. */
const maxClasses = 5
const maxMistakes = 3

/**
 * Accuracy on held-out images, in lines that fit a narrow terminal.
 *
 * @param own classes that get a row of their own where there are others
 */
export function describeHeldOut(
  heldOut: HeldOutRecord,
  style: Style,
  own: { readonly name: string; readonly labels: readonly string[] } = { name: '', labels: [] },
): string[] {
  const rates = rateRows(heldOut)
  return [
    style.heading('On images held out from training'),
    table(
      [...accuracyRows(heldOut, style), ...ownRows(heldOut, own)],
      ['left', 'right', 'right', 'right'],
      style.width,
    ),
    ...(rates.length > 0 ? [table(rates, ['left', 'right'], style.width)] : []),
    ...hardestClasses(heldOut, style),
  ]
}

function accuracyRows({ old, new: added }: HeldOutRecord, style: Style): string[][] {
  const rows = [['', 'images', 'right', 'before'].map(style.faint)]
  if (old) rows.push(['old classes', `${old.count}`, percent(old.top1After), percent(old.top1Before)])
  if (added.top1 !== null) rows.push(['new classes', `${added.count}`, percent(added.top1)])
  return rows
}

function ownRows(
  { perClass }: HeldOutRecord,
  { name, labels }: { name: string; labels: readonly string[] },
): string[][] {
  const own = perClass.filter(({ label }) => labels.includes(label))
  const images = own.reduce((sum, one) => sum + one.count, 0)
  if (own.length === perClass.length || images === 0) return []
  const right = own.reduce((sum, { count: all, top1 }) => sum + all * top1, 0)
  return [[`  ${printable(name)}`, `${images}`, percent(right / images)]]
}

function rateRows({ new: added, leak, miss }: HeldOutRecord): string[][] {
  const rows: string[][] = []
  if (added.top1 !== null) {
    const { low, high } = wilsonInterval(added.top1, added.count)
    // The lower end is always less than all, and the upper one more than nothing.
    const ends = [Math.min(Math.round(100 * low), 99), Math.max(Math.round(100 * high), 1)]
    rows.push(['new classes, 95% sure', `${ends.join('–')}%`])
  }
  if (leak !== null) rows.push(['old taken for new (leak)', percent(leak)])
  if (miss !== null) rows.push(['new taken for old (miss)', percent(miss)])
  return rows
}

function hardestClasses({ perClass }: HeldOutRecord, style: Style): string[] {
  const mistaken = perClass.filter(({ top1 }) => top1 < 1).sort((a, b) => a.top1 - b.top1)
  const worst = mistaken.slice(0, maxClasses)
  if (worst.length === 0) return []
  const title =
    mistaken.length > worst.length
      ? `The ${worst.length} hardest of ${count(perClass.length, 'added class')}`
      : 'Added classes with mistakes'
  const lines = worst.flatMap(({ label, count: images, top1, confusedWith }) => {
    const shown = confusedWith.slice(0, maxMistakes).map((one) => `${printable(one.label)} ${one.count}`)
    const rest = confusedWith.slice(maxMistakes).reduce((sum, one) => sum + one.count, 0)
    return [
      `  ${printable(label)}: ${percent(top1)} of ${count(images, 'image')}`,
      `    taken for ${[...shown, ...(rest > 0 ? [`others ${rest}`] : [])].join(', ')}`,
    ]
  })
  return ['', style.heading(title), ...lines]
}
