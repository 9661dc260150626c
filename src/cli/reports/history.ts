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

/** `held out, new classes: 93.4% → 95.0% right`; one figure where both read the same. */
function figures({ before, after }: HistoryEntry['heldOut']): string[] {
  const line = (name: string, then: number | null | undefined, now: number | null | undefined) => {
    if (typeof now !== 'number') return []
    const isOther = typeof then === 'number' && percent(then) !== percent(now)
    return [`held out, ${name}: ${isOther ? `${percent(then)} → ` : ''}${percent(now)} right`]
  }
  return [
    ...line('new classes', before?.new.top1, after?.new.top1),
    ...line('old classes', before ? before.old?.top1After : after?.old?.top1Before, after?.old?.top1After),
  ]
}

/** `2026-11-29 06:40`, by the clock of this machine. */
function localTime(date: string): string {
  const time = new Date(date)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-')
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`
}
