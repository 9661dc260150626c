import { createHash } from 'node:crypto'
import { statfsSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { getSystemErrorName } from 'node:util'
import { open, type RootDatabase } from 'lmdb'
import { ioError, messageOf, NpluskError } from '../core/errors.js'
import { makeFolder } from '../core/make-folder.js'
import { decodeBottleneck, encodeBottleneck, isBottleneck, type Bottleneck, type BottleneckShape } from './entry.js'
import type { RowWriter } from './feature-rows.js'
import { openScratch } from './scratch-rows.js'
import { isWholeStore } from './store-file.js'

export type { Bottleneck, BottleneckShape } from './entry.js'

/** A store of bottlenecks by key. */
export interface Bottlenecks {
  /**
   * Whether there is a valid entry: finite numbers of the right count. Invalid entries count as missing, so that they
   * are computed again.
   *
   * @param shape required lengths @default any
   */
  has(key: string, shape?: BottleneckShape): boolean
  get(key: string): Bottleneck | undefined
  /**
   * Writes entries, all or none.
   *
   * @throws NpluskError `IO` when the file system refuses
   */
  putAll(entries: Iterable<readonly [key: string, bottleneck: Bottleneck]>): void
}

/** The store in the cache folder, on disk; several processes may use it at once. */
export interface BottleneckStore extends Bottlenecks, AsyncDisposable {
  /** Keeps feature rows on disk, outside memory, until the store is closed. */
  writer(dim: number): RowWriter
  close(): Promise<void>
}

/** The key of one view of one image under one backbone. */
export function bottleneckKey(parts: { image: string; view: string; backbone: string; preprocess: string }): string {
  return createHash('sha256')
    .update(JSON.stringify([parts.image, parts.view, parts.backbone, parts.preprocess]))
    .digest('hex')
}

/** Folder of the bottlenecks in a cache. */
export function bottleneckFolder(cacheDir: string): string {
  return join(cacheDir, 'bottlenecks')
}

/**
 * Opens the store in `folder`, which is created if missing. Features are kept as float16, logits as float32.
 *
 * @throws NpluskError `IO` when the folder cannot be written or its store is damaged
 */
export function openStore(folder: string): BottleneckStore {
  let database: RootDatabase<Buffer, string>
  try {
    makeFolder(folder)
    // LMDB maps its lock file into memory; on a full disk that would end the process with a bus error.
    if (freeSpace(folder) < minSpace) throw systemError('ENOSPC', 'no space left on device')
    const path = join(folder, 'bottlenecks.lmdb')
    if (!isWholeStore(path)) throw damaged(folder)
    database = open<Buffer, string>({ path, encoding: 'binary', noSubdir: true })
  } catch (error) {
    throw storeError(error, 'open', folder)
  }
  const scratch = openScratch(folder)
  const close = () => {
    scratch.close()
    return database.close()
  }
  return {
    has(key, shape) {
      const value = database.getBinary(key)
      return value !== undefined && isBottleneck(value, shape)
    },
    get(key) {
      const value = database.getBinary(key)
      return value && decodeBottleneck(value)
    },
    putAll(entries) {
      try {
        // lmdb's asynchronous writes would log failures to the console and make closing hang.
        database.transactionSync(() => {
          for (const [key, bottleneck] of entries) database.putSync(key, encodeBottleneck(bottleneck))
        })
      } catch (error) {
        throw storeError(error, 'write to', folder)
      }
    },
    writer: (dim) => scratch.writer(dim),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** Size of the store on disk in bytes; 0 if there is none. */
export async function storeSize(folder: string): Promise<number> {
  const names: string[] = await readdir(folder).catch(() => [])
  // Files that another process deletes meanwhile count as 0.
  const sizeOf = (name: string) =>
    stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    )
  const sizes = await Promise.all(names.map(sizeOf))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Deletes the store; processes that have it open keep their copy until they end. */
export async function clearStore(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
}

/** A disk with less free space, in bytes, counts as full. */
const minSpace = 2 ** 20

/** LMDB errors carry only a number: a system error, or a negative code of its own. */
function storeError(error: unknown, action: string, folder: string): unknown {
  const number = (error as { code?: unknown }).code
  if (typeof number !== 'number') return ioError(error, `${action} the bottleneck cache in ${folder}`)
  if (number < 0) return damaged(folder, error)
  const name = getSystemErrorName(-number)
  // A disk that fills up in the middle of a page gives only an input/output error.
  const code = name === 'EIO' && freeSpace(folder) < minSpace ? 'ENOSPC' : name
  return ioError(systemError(code, messageOf(error), error), `${action} the bottleneck cache in ${folder}`)
}

/** An error like those of Node's file system calls. */
function systemError(code: string, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code })
}

function damaged(folder: string, cause?: unknown): NpluskError {
  return new NpluskError('IO', `The bottleneck cache in ${folder} is damaged; delete this folder and run again.`, {
    cause,
  })
}

function freeSpace(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}
