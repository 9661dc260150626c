import type { ChangeKind } from '../../bundle/history/record.js'
import type { History, HistoryEntry } from '../../workflow/history.js'
import { bytes, count, percent, printable } from '../format.js'
import type { Style } from '../style.js'
import { describeChanges } from './changes.js'

/** The changes of a bundle, and what can be taken back. */
export function describeHistory({ revisions, keep, bytes: size }: History, style: Style): string {
  const blocks = revisions.map((entry, i) => describeEntry(entry, i === 0, style).join('\n'))
  const kept = revisions.filter((entry) => entry.kept).length
  const last = revisions.at(-1)!
  return [
    ...blocks,
    [
      ...(last.date === null && last.revision > 1 ? [earlierUnknown] : []),
      kept === 0
        ? `No earlier revision is kept${keep === 0 ? '' : ' yet'}.`
        : `${count(kept, 'earlier revision')} can be brought back: extend rollback REVISION.`,
      style.faint(`${bytes(size.total)} on the disk, ${bytes(size.history)} of it for the history.`),
    ].join('\n'),
  ].join('\n\n')
}

const earlierUnknown =
  'What was before is not known: the bundle came without its records, or an earlier version changed it.'

const verbs: Readonly<Record<ChangeKind, string>> = {
  add: 'added',
  remove: 'removed',
  rename: 'renamed',
  rollback: 'rolled back',
}

function describeEntry(entry: HistoryEntry, isCurrent: boolean, style: Style): string[] {
  const { revision, date, kind, restored, command, classes, changes, heldOut, kept } = entry
  const what = kind === null ? 'not recorded' : verbs[kind] + (restored === undefined ? '' : ` to ${restored}`)
  const state = isCurrent ? 'current' : kept ? 'kept' : ''
  const title = [`${revision}`, ...(date === null ? [] : [localTime(date)]), what].join('  ')
  return [
    style.heading(title) + (state === '' ? '' : `  ${isCurrent ? style.good(state) : style.faint(state)}`),
    ...(command === null ? [] : [`  ${style.faint(printable(command))}`]),
    ...(changes === null ? [] : describeChanges(changes).map((line) => `  ${line}`)),
    ...(classes === null ? [] : [`  ${classes.total} classes: ${classes.base} old, ${classes.added} added`]),
    ...figures(heldOut).map((line) => `  ${line}`),
  ]
}

/** An accuracy, and the number of images that it is of. */
interface Figure {
  readonly top1: number | null | undefined
  readonly count: number | undefined
}

/**
 * `held out, new classes: 93.4% → 95.0% right`; one figure where both read the same, and numbers of images where the
 * latter is of less than half as many, as after fine-tuning.
 */
function figures({ before, after }: HistoryEntry['heldOut']): string[] {
  const line = (name: string, then: Figure, now: Figure) => {
    if (typeof now.top1 !== 'number') return []
    const isFewer = 2 * (now.count ?? 0) < (then.count ?? 0)
    const words = ({ top1, count: images }: Figure) => `${percent(top1!)}${isFewer ? ` of ${images}` : ''}`
    const isOther = typeof then.top1 === 'number' && words(then) !== words(now)
    return [`held out, ${name}: ${isOther ? `${words(then)} → ` : ''}${words(now)} right`]
  }
  const old = before ? before.old : after?.old
  return [
    ...line('new classes', figureOf(before?.new), figureOf(after?.new)),
    ...line(
      'old classes',
      { top1: before ? old?.top1After : old?.top1Before, count: old?.count },
      { top1: after?.old?.top1After, count: after?.old?.count },
    ),
  ]
}

function figureOf(found: { readonly top1: number | null; readonly count: number } | undefined): Figure {
  return { top1: found?.top1, count: found?.count }
}

/** `2026-11-29 06:40`, by the clock of this machine. */
function localTime(date: string): string {
  const time = new Date(date)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-')
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`
}
