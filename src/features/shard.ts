import { createHash } from 'node:crypto'
import { relative, sep } from 'node:path'
import { NpluskError } from '../core/errors.js'

export interface Shard {
  readonly index: number
  readonly count: number
}

/**
 * The files of a folder that belong to one part. A file's part depends on its path below the folder alone: it is the
 * same on every machine, and files that come or go move no other. All parts together are the whole, and no file is in
 * two.
 *
 * @throws NpluskError `USAGE`
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
