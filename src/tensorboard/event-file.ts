import { scalarEvent, versionEvent } from './event.js'
import { descriptions, type Run } from './curves.js'
import { recordOf } from './record.js'

/** The records of an event file, piece by piece. */
export function* eventFile({ scalars }: Pick<Run, 'scalars'>): Generator<Uint8Array> {
  yield recordOf(versionEvent(scalars[0]?.time ?? 0))
  const described = new Set<string>()
  for (const scalar of scalars) {
    const [group] = scalar.tag.split('/')
    yield recordOf(scalarEvent(scalar, described.has(scalar.tag) ? undefined : descriptions[group!]))
    described.add(scalar.tag)
  }
}

/** A name by which TensorBoard knows an event file. */
export function eventFileName({ scalars }: Pick<Run, 'scalars'>): string {
  const seconds = Math.floor((scalars[0]?.time ?? 0) / 1000)
  return `events.out.tfevents.${String(seconds).padStart(10, '0')}.nplusk`
}
