import { createHash } from 'node:crypto'
import { relative, sep } from 'node:path'
import { NpluskError } from '../core/errors.js'

export interface Shard {
  readonly index: number
  readonly count: number
}

/**
 * Selects the files of a folder that belong to one shard. A file's shard depends only on its path below the folder: it
 * is the same on every machine, and adding or removing files moves no other file. The shards are disjoint and complete.
 *
 * @throws NpluskError `USAGE` for an index out of range
 */
export function filesOfShard(folder: string, files: readonly string[], { index, count }: Shard): string[] {
  if (!Number.isInteger(count) || !Number.isInteger(index) || index < 1 || index > count) {
    throw new NpluskError('USAGE', `There is no part ${index} of ${count}; count parts from 1, such as 1/4 to 4/4.`)
  }
  return files.filter((file) => {
    const path = relative(folder, file).split(sep).join('/').normalize('NFC')
    return createHash('sha256').update(path).digest().readUInt32LE() % count === index - 1
  })
}
