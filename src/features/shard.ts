import { createHash } from 'node:crypto'
import { relative, sep } from 'node:path'
import { NpluskError } from '../core/errors.js'

export interface Shard {
  readonly index: number
  readonly count: number
}

/** @throws NpluskError `USAGE` for an index out of range */
export function checkShard({ index, count }: Shard): void {
  if (!Number.isInteger(count) || !Number.isInteger(index) || index < 1 || index > count) {
    throw new NpluskError('USAGE', `There is no part ${index} of ${count}; count parts from 1, such as 1/4 to 4/4.`)
  }
}

/**
 * Whether a file belongs to a shard. That depends only on its path: it is the same on every machine, and adding or
 * removing files moves no other file. The shards are disjoint and complete.
 *
 * @param path below the folder, or in whatever else holds the files
 */
export function isInShard(path: string, { index, count }: Shard): boolean {
  const name = path.split(sep).join('/').normalize('NFC')
  return createHash('sha256').update(name).digest().readUInt32LE() % count === index - 1
}

/**
 * Selects the files of a folder that belong to one shard, by `isInShard`.
 *
 * @throws NpluskError `USAGE` for an index out of range
 */
export function filesOfShard(folder: string, files: readonly string[], shard: Shard): string[] {
  checkShard(shard)
  return files.filter((file) => isInShard(relative(folder, file), shard))
}
