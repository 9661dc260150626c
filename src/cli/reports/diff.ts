import type { TwoAnswers } from '../../evaluation/answer-changes.js'
import type { ComparedAnswers } from '../../workflow/compare-answers.js'
import type { ComparedState, Difference } from '../../workflow/diff.js'
import { count, percent, printable } from '../format.js'
import type { Style } from '../style.js'
import { table } from '../table.js'
import { describeChanges } from './changes.js'
import { describePassedOver } from './passed-over.js'
import { shownPath } from './paths.js'

/** Largest number of classes, and of images of a kind, listed. */
const maxClasses = 10
const maxImages = 10

/** What two bundles have in common and what not. */
export function describeDifference({ before, after, changes, perClass, answers }: Difference, style: Style): string {
  const lines = describeChanges(changes)
  const parts = [
    [
      `${style.heading('before')}  ${describeState(before)}`,
      `${style.heading('after')}   ${describeState(after)}`,
      ...(lines.length > 0 ? lines : ['The classes are the same, with the same images.']).map((line) => `  ${line}`),
    ].join('\n'),
    heldOut(before, after, style),
    classFigures(perClass, style),
    ...(answers ? describeAnswers(answers, style) : []),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function describeState({ bundle, revision, base, classes }: ComparedState): string {
  const { total, base: old, added } = classes
  return `${shownPath(bundle)}, revision ${revision}: ${total} classes, ${old} old (${printable(base)}) and ${added} added`
}

function heldOut({ heldOut: before }: ComparedState, { heldOut: after }: ComparedState, style: Style): string {
  const shown = (share: number | null | undefined) => (typeof share === 'number' ? percent(share) : '–')
  const rows = [
    ['old classes', shown(before?.old?.top1After), shown(after?.old?.top1After)],
    ['new classes', shown(before?.new.top1), shown(after?.new.top1)],
    ['old taken for new (leak)', shown(before?.leak), shown(after?.leak)],
    ['new taken for old (miss)', shown(before?.miss), shown(after?.miss)],
  ].filter(([, ...figures]) => figures.some((figure) => figure !== '–'))
  if (rows.length === 0) return ''
  const title = ['', 'before', 'after'].map(style.faint)
  return `${style.heading('On images held out from training')}\n${table([title, ...rows], ['left', 'right', 'right'], style.width)}`
}

function classFigures(perClass: Difference['perClass'], style: Style): string {
  const change = ({ before, after }: Difference['perClass'][number]) => after.top1 - before.top1
  const other = perClass.filter((one) => change(one) !== 0).sort((a, b) => Math.abs(change(b)) - Math.abs(change(a)))
  if (other.length === 0) return ''
  const shown = other.slice(0, maxClasses)
  const title =
    other.length > shown.length
      ? `The ${shown.length} of ${count(other.length, 'class')} whose figures differ most`
      : 'Added classes whose figures differ'
  const rows = [
    ['', 'before', 'after'].map(style.faint),
    ...shown.map(({ label, before, after }) => [printable(label), percent(before.top1), percent(after.top1)]),
  ]
  return `${style.heading(title)}\n${table(rows, ['left', 'right', 'right'], style.width)}`
}

function describeAnswers(answers: ComparedAnswers, style: Style): string[] {
  const { count: all, changed, unreadable, warnings, passedOver } = answers
  const { better, worse, other } = changed
  const same = all - better.length - worse.length - other.length
  const rows = [
    ['same answer', same],
    ['right now, wrong before', better.length],
    ['wrong now, right before', worse.length],
    ['other changes', other.length],
  ].map(([name, images]) => [`${name}`, `${images}`])
  return [
    `${style.heading(`On ${count(all, 'image')}`)}\n${table(rows, ['left', 'right'], style.width)}`,
    shares(answers).join('\n'),
    listed('Right now, wrong before', better, style),
    listed('Wrong now, right before', worse, style),
    listed('Other changes: wrong both times, or of a class that only one of them has', other, style),
    unreadable.length === 0
      ? ''
      : [
          style.caution(`${count(unreadable.length, 'image')} could not be read`),
          ...unreadable.map(({ reason }) => `  ${printable(reason)}`),
        ].join('\n'),
    warnings.map((warning) => `${style.caution('Warning:')} ${printable(warning)}`).join('\n'),
    describePassedOver(passedOver).join('\n'),
  ]
}

function shares({ both, beforeOnly, afterOnly }: ComparedAnswers): string[] {
  const lines: string[] = []
  if (both) {
    const { before, after, pValue } = both
    const chance = before === after ? '' : ` ${chanceOf(pValue)}`
    lines.push(
      `Right of ${count(both.count, 'image')} whose class both have: ${percent(before)} before, ${percent(after)} after.${chance}`,
    )
  }
  const only = (which: string, one: ComparedAnswers['afterOnly']) =>
    one && lines.push(`Right of ${count(one.count, 'image')} whose class only the ${which} has: ${percent(one.top1)}.`)
  only('first', beforeOnly)
  only('second', afterOnly)
  return lines
}

/** What a p-value says. */
export function chanceOf(pValue: number): string {
  const shown = pValue < 0.001 ? 'p < 0.001' : `p = ${pValue.toFixed(3)}`
  return pValue < 0.05 ? `That is hardly chance (${shown}).` : `That may be chance (${shown}).`
}

function listed(title: string, images: readonly TwoAnswers[], style: Style): string {
  if (images.length === 0) return ''
  const shown = images.slice(0, maxImages)
  const heading = images.length > shown.length ? `${title}: ${shown.length} of ${images.length}` : title
  const lines = shown.flatMap(({ file, before, after }) => [
    printable(file),
    `  ${printable(before.label)} (${percent(before.probability)}), now ${printable(after.label)} (${percent(after.probability)})`,
  ])
  return [style.heading(heading), ...lines].join('\n')
}
