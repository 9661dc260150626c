import type { Dirent, Stats } from 'node:fs'

/** What is neither a file nor a folder, as a noun. Opening one could wait for ever. */
export function specialKind(entry: Pick<Dirent | Stats, 'isFIFO' | 'isSocket'>): string {
  return entry.isFIFO() ? 'pipe' : entry.isSocket() ? 'socket' : 'device'
}
