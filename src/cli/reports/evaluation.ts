import { were } from '../../core/numbers.js'
import type { Evaluation } from '../../evaluation/evaluation.js'
import { count, nameList, percent, printable } from '../format.js'
import type { Style } from '../style.js'
import { table } from '../table.js'
import { describePassedOver } from './passed-over.js'

/** The reported part of an evaluation, without the records of the images. */
type Reported = Omit<Evaluation, 'records'>

/** Largest number of classes and of pairs of classes listed, the worst first. */
const maxClasses = 10
const maxNames = 8

/** Accuracy of a classifier on old and new classes, its most frequent errors, and what was left out. */
export function describeEvaluation(evaluation: Reported, style: Style): string {
  const parts = [
    table(accuracyRows(evaluation, style), ['left', 'right', 'right', 'right'], style.width),
    table(rateRows(evaluation), ['left', 'right'], style.width),
    hardestClasses(evaluation, style),
    confusions(evaluation, style),
    wrongFiles(evaluation, style),
    leftOut(evaluation, style),
    evaluation.warnings.map((warning) => `${style.caution('Warning:')} ${printable(warning)}`).join('\n'),
    describePassedOver(evaluation.passedOver).join('\n'),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function accuracyRows({ count: all, top1, old, new: added }: Reported, style: Style): string[][] {
  const rows = [['', 'images', 'right', ...(old ? ['base'] : [])].map(style.faint), ['all', `${all}`, percent(top1)]]
  if (old) rows.push(['old classes', `${old.count}`, percent(old.top1), percent(old.top1Base)])
  if (added) rows.push(['new classes', `${added.count}`, percent(added.top1)])
  return rows
}

function rateRows({ top5, either, new: added, harmonicMean, leak, miss }: Reported): string[][] {
  const rows: [string, number | null][] = [
    ['among the first five answers', top5],
    ['told old or new, it is right', added && either],
    ['new ones among themselves', added && added.top1Alone],
    ['harmonic mean of old and new', harmonicMean],
    ['old taken for new (leak)', leak],
    ['new taken for old (miss)', miss],
  ]
  return rows.flatMap(([name, rate]) => (rate === null ? [] : [[name, percent(rate)]]))
}

function hardestClasses({ perClass }: Reported, style: Style): string {
  // Of few classes all are worth a line, of many those with mistakes.
  const isWorth = ({ top1, precision }: Reported['perClass'][number]) =>
    perClass.length <= maxClasses || top1 < 1 || (precision ?? 1) < 1
  const shown = perClass.filter(isWorth).sort((a, b) => a.top1 - b.top1 || (a.precision ?? 1) - (b.precision ?? 1))
  const worst = shown.slice(0, maxClasses)
  if (worst.length === 0) return ''
  const of = count(perClass.length, 'class')
  const title =
    shown.length > worst.length
      ? `The ${worst.length} hardest of ${of}`
      : shown.length === perClass.length
        ? 'Classes, the hardest first'
        : `The ${shown.length === 1 ? 'one' : shown.length} of ${of} with mistakes`
  const rows = [
    ['', 'images', 'right', 'precise'].map(style.faint),
    ...worst.map((one) => [
      printable(one.label),
      `${one.count}`,
      percent(one.top1),
      one.precision === null ? '–' : percent(one.precision),
    ]),
  ]
  return `${style.heading(title)}\n${table(rows, ['left', 'right', 'right', 'right'], style.width)}`
}

function confusions({ confusions: all }: Reported, style: Style): string {
  if (all.length === 0) return ''
  const worst = all.slice(0, maxClasses)
  const title = all.length > worst.length ? `The ${worst.length} commonest mistakes` : 'Mistakes, the commonest first'
  const rows = worst.map((one) => [`${one.count}`, printable(`${one.label}, taken for ${one.predicted}`)])
  return `${style.heading(title)}\n${table(rows, ['right', 'left'], style.width)}`
}

function wrongFiles({ wrong }: Reported, style: Style): string {
  if (wrong === undefined) return ''
  if (wrong.length === 0) return 'No image is answered wrongly.'
  const lines = wrong.flatMap(({ file, label, predicted, probability }) => [
    printable(file),
    `  ${printable(`${label}, taken for ${predicted}`)} (${percent(probability)})`,
  ])
  return [style.heading(`${count(wrong.length, 'image')} answered wrongly, the surest first`), ...lines].join('\n')
}

function leftOut({ unreadable, skipped }: Reported, style: Style): string {
  const lines: string[] = []
  if (skipped.length > 0) {
    const images = skipped.reduce((sum, one) => sum + one.images, 0)
    const folders = skipped.length === 1 ? 'A folder names' : `${skipped.length} folders name`
    lines.push(
      style.caution(`${folders} no class; left out, with ${count(images, 'image')}`),
      `  ${printable(
        nameList(
          skipped.map(({ folder }) => folder),
          maxNames,
        ),
      )}`,
    )
  }
  if (unreadable.length > 0) {
    lines.push(
      style.caution(`${count(unreadable.length, 'image')} could not be read and ${were(unreadable.length)} left out`),
      ...unreadable.map(({ reason }) => `  ${printable(reason)}`),
    )
  }
  return lines.join('\n')
}
