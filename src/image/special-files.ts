import type { Dirent, StatsBase } from 'node:fs'

/** A noun for what is neither a file nor a folder. Opening it could wait for ever. */
export function specialKind(entry: Pick<Dirent | StatsBase<unknown>, 'isFIFO' | 'isSocket'>): string {
  return entry.isFIFO() ? 'pipe' : entry.isSocket() ? 'socket' : 'device'
}
