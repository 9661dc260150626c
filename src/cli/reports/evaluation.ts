import type { Evaluation } from '../../workflow/evaluate.js'
import { count, percent, printable } from '../format.js'
import type { Style } from '../style.js'
import { table } from '../table.js'
import { describePassedOver } from './passed-over.js'

/** Classes that are listed one by one, the worst first. */
const mostClasses = 10

/** How often a classifier is right, on old and new classes, and where it is wrong most. */
export function describeEvaluation(evaluation: Evaluation, style: Style): string {
  const { perClass, unreadable, passedOver, warnings } = evaluation
  const worst = [...perClass].sort((a, b) => a.top1 - b.top1).slice(0, mostClasses)
  const lines = [table(accuracyRows(evaluation, style), ['left', 'right', 'right', 'left'], style.width)]
  const rates = rateRows(evaluation)
  if (rates.length > 0) lines.push('', table(rates, ['left', 'right'], style.width))
  if (worst.length > 0) {
    const title =
      perClass.length > worst.length
        ? `The ${worst.length} hardest of ${count(perClass.length, 'class')}`
        : 'Classes, the hardest first'
    const rows = worst.map((row) => [row.label, `${row.count}`, percent(row.top1)])
    lines.push('', style.heading(title), table(rows, ['left', 'right', 'right'], style.width))
  }
  if (unreadable.length > 0) {
    lines.push(
      '',
      style.caution(
        `${count(unreadable.length, 'image')} could not be read and ${unreadable.length === 1 ? 'was' : 'were'} left out`,
      ),
    )
    lines.push(...unreadable.map(({ reason }) => `  ${printable(reason)}`))
  }
  if (warnings.length > 0)
    lines.push('', ...warnings.map((warning) => `${style.caution('Warning:')} ${printable(warning)}`))
  if (passedOver.length > 0) lines.push('', ...describePassedOver(passedOver))
  return lines.join('\n')
}

function accuracyRows({ count: all, top1, top5, old, new: added }: Evaluation, style: Style): string[][] {
  const rows = [
    ['', 'images', 'right', ''].map(style.faint),
    ['all', `${all}`, percent(top1), `among the first five ${percent(top5)}`],
  ]
  if (old) rows.push(['old classes', `${old.count}`, percent(old.top1), `base model ${percent(old.top1Base)}`])
  if (added)
    rows.push(['new classes', `${added.count}`, percent(added.top1), `among the new alone ${percent(added.top1Alone)}`])
  return rows
}

function rateRows({ harmonicMean, leak, miss }: Evaluation): string[][] {
  const rows: [string, number | null][] = [
    ['harmonic mean of old and new', harmonicMean],
    ['old taken for new (leak)', leak],
    ['new taken for old (miss)', miss],
  ]
  return rows.flatMap(([name, rate]) => (rate === null ? [] : [[name, percent(rate)]]))
}
