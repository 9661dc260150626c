import { NpluskError } from '../../core/errors.js'
import type { ChangeNote } from './record.js'

/** Options of every call that changes a bundle. */
export interface ChangeOptions {
  /** The command behind the call, for the bundle's history; without secrets, as whoever has the bundle can read it. */
  readonly command?: string | undefined
  /**
   * How many earlier revisions the bundle keeps, to be brought back by `rollback`; 0 to 1000. It stays until another
   * number is given. @default 5
   */
  readonly keep?: number | undefined
}

/** Most revisions that can be kept. */
export const maxKeep = 1000

/** @throws NpluskError `USAGE` for a number out of range */
export function noteOptions({ command, keep }: ChangeOptions): Pick<ChangeNote, 'command' | 'keep'> {
  if (keep !== undefined && !(Number.isInteger(keep) && keep >= 0 && keep <= maxKeep)) {
    throw new NpluskError('USAGE', `keep must be a whole number from 0 to ${maxKeep}, not ${keep}.`)
  }
  return { command, keep }
}
