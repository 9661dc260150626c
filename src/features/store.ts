import { createHash, randomBytes } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ioError, NpluskError, readError } from '../core/errors.js'
import { makeFolder } from '../core/make-folder.js'
import { sizeOfAll } from '../core/size-of.js'
import { removeAbandoned } from '../core/temporary.js'
import {
  decodeBottleneck,
  encodeBottleneck,
  isOfShape,
  shapeOf,
  type Bottleneck,
  type BottleneckShape,
} from './entry.js'
import type { RowWriter } from './feature-rows.js'
import { openScratch } from './scratch-rows.js'
import { Segment, type Place } from './segment.js'
import { openSegments } from './segments.js'

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
  /**
   * As `get`, for an entry that is known to be there.
   *
   * @throws NpluskError `IO` where it was damaged or deleted meanwhile
   */
  read(key: string): Bottleneck
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

/** An entry's place, and that of an earlier one of the same key: the last one may be damaged. */
interface Kept extends Place {
  readonly earlier: Kept | undefined
}

/**
 * Opens the store in `folder`, which is created if missing. Features are kept as float16, logits as float32. What
 * other processes add shows when it is opened again. What is damaged in it counts as missing.
 *
 * @throws NpluskError `IO` when the folder cannot be written, or what is in it not be read
 */
export async function openStore(folder: string): Promise<BottleneckStore> {
  const { segments, own, release } = await openSegments(folder)
  let ours = own
  const scratch = openScratch(folder)
  const close = async () => {
    scratch.close()
    segments.splice(0).forEach((segment) => segment.close())
    await release()
    await removeAbandoned(folder)
  }
  const kept = new Map<string, Kept>()
  // Field by field: copied by a spread, each would take twice as many bytes, and there may be millions.
  const keep = (key: string, { segment, position, length }: Place) =>
    kept.set(key, { segment, position, length, earlier: kept.get(key) })
  try {
    for (const segment of segments) for (const [key, place] of segment.places()) keep(key, place)
  } catch (error) {
    await close()
    throw readError(error, `the bottleneck cache in ${folder}`)
  }

  function bytesAt(place: Place): Uint8Array {
    try {
      return place.segment.read(place)
    } catch (error) {
      throw readError(error, `the bottleneck cache in ${folder}`)
    }
  }

  function find<Found>(key: string, read: (bytes: Uint8Array) => Found | undefined): Found | undefined {
    for (let place = kept.get(key); place !== undefined; place = place.earlier) {
      const found = read(bytesAt(place))
      if (found !== undefined) return found
    }
    return undefined
  }
  const get = (key: string) => find(key, (bytes) => decodeBottleneck(key, bytes))
  return {
    has(key, shape) {
      const found = find(key, (bytes) => shapeOf(key, bytes))
      return found !== undefined && isOfShape(found, shape)
    },
    get,
    read(key) {
      const found = get(key)
      if (found !== undefined) return found
      const message = `The bottleneck cache in ${folder} was damaged while it was read; run the command again.`
      throw new NpluskError('IO', message)
    },
    putAll(entries) {
      const encoded = Array.from(entries, ([key, bottleneck]) => [key, encodeBottleneck(key, bottleneck)] as const)
      if (encoded.length === 0) return
      try {
        if (!ours.isOwn()) {
          makeFolder(folder)
          segments.push((ours = Segment.open(folder, randomBytes(8).toString('hex'))))
        }
        ours.append(encoded).forEach((place, i) => keep(encoded[i]![0], place))
      } catch (error) {
        throw ioError(error, `write to the bottleneck cache in ${folder}`)
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
  return sizeOfAll(names.map((name) => join(folder, name)))
}

/** Deletes the store; processes that have it open keep their copy until they end. */
export async function clearStore(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
}
