import type { Advice } from '../../advice/advice.js'
import { count, nameList, percent, printable } from '../format.js'
import { sentenceOf } from '../remedies.js'
import type { Style } from '../style.js'
import { table } from '../table.js'
import { describePassedOver } from './passed-over.js'
import { shownPath } from './paths.js'

/** Largest number of lines of a list, the worst first. */
const maxLines = 10
const maxNames = 3

/** What to do about a data set, and what it is like. */
export function describeAdvice(advice: Advice, style: Style): string {
  const parts = [
    summary(advice),
    whatToDo(advice, style),
    classes(advice, style),
    duplicates(advice, style),
    wrongFolders(advice, style),
    outliers(advice, style),
    unreadable(advice, style),
    advice.warnings.map((warning) => `${style.caution('Warning:')} ${printable(warning)}`).join('\n'),
    describePassedOver(advice.passedOver).join('\n'),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function summary({ folder, images, classes: all, expected }: Advice): string {
  const { used, unreadable: lost, duplicate } = images
  const left = [
    ...(duplicate > 0 ? [count(duplicate, 'copy').replace('copys', 'copies')] : []),
    ...(lost > 0 ? [`${lost} unreadable`] : []),
  ]
  const beside = left.length === 0 ? '' : `, without ${left.join(' and ')}`
  const lines = [`${printable(folder)}: ${count(used, 'image')} of ${count(all.length, 'class')}${beside}.`]
  if (expected !== null) {
    const { top1, low, high } = expected
    lines.push(`Of new pictures, expect ${percent(top1)} right (${percent(low)} to ${percent(high)}).`)
  }
  return lines.join('\n')
}

function whatToDo({ advice }: Advice, style: Style): string {
  const steps = advice.map((step, i) => {
    const gain = step.gain === null ? '' : ` ${style.good(`(about ${points(step.gain.top1)})`)}`
    return `  ${i + 1}. ${printable(sentenceOf(step))}${gain}`
  })
  return [style.heading('What to do'), ...steps].join('\n')
}

/** `+2.3 points`. */
function points(difference: number): string {
  return `${difference < 0 ? '−' : '+'}${Math.abs(100 * difference).toFixed(1)} points`
}

function classes({ classes: all }: Advice, style: Style): string {
  const rows = [
    ['', 'images', 'right'].map(style.faint),
    ...all.map(({ label, images, top1 }) => [printable(label), `${images}`, top1 === null ? '–' : percent(top1)]),
  ]
  return `${style.heading('Classes')}\n${table(rows, ['left', 'right', 'right'], style.width)}`
}

function duplicates({ duplicates: all }: Advice, style: Style): string {
  return list(
    'The same picture several times',
    all,
    ({ files, labels, kind }) =>
      `${kind === 'exact' ? 'equal' : 'alike'}: ${nameList(files.map(shown), maxNames)}${labels.length > 1 ? style.caution(' in several classes') : ''}`,
    style,
  )
}

function wrongFolders({ mislabelled }: Advice, style: Style): string {
  return list(
    'Probably in the wrong folder',
    mislabelled.filter(({ likely }) => likely),
    ({ file, suggested, score }) => `${percent(score)}  ${shown(file)}, rather ${printable(suggested)}`,
    style,
  )
}

function outliers({ outliers: all }: Advice, style: Style): string {
  return list(
    'Unlike their class',
    all.filter(({ likely }) => likely),
    ({ file, score }) => `${percent(score)}  ${shown(file)}`,
    style,
  )
}

function unreadable({ unreadable: all }: Advice, style: Style): string {
  return list('Unreadable', all, ({ reason }) => printable(reason), style)
}

function list<Item>(title: string, items: readonly Item[], line: (item: Item) => string, style: Style): string {
  if (items.length === 0) return ''
  const shownItems = items.slice(0, maxLines).map((item) => `  ${line(item)}`)
  const more = items.length > maxLines ? [style.faint(`  and ${items.length - maxLines} more (--json has all)`)] : []
  return [`${style.heading(title)} (${items.length})`, ...shownItems, ...more].join('\n')
}

function shown(file: string): string {
  return printable(shownPath(file))
}
