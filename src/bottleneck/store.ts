import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { open, type RootDatabase } from 'lmdb'
import { ioError } from '../core/errors.js'
import { decodeFloat16, encodeFloat16 } from '../math/float16.js'

/** What a backbone says of one view of an image. */
export interface Bottleneck {
  /** [D] the feature layer: taps and bottleneck */
  readonly features: Float32Array
  /** [N] the base model's logits */
  readonly logits: Float32Array
}

/** Cached bottlenecks on disk; several processes may use one folder at once. */
export interface BottleneckStore {
  has(key: string): boolean
  get(key: string): Bottleneck | undefined
  /** Resolves once the entry is on disk. */
  put(key: string, bottleneck: Bottleneck): Promise<void>
  close(): Promise<void>
}

/** The key of one view of one image under one backbone. */
export function bottleneckKey(parts: { image: string; view: string; backbone: string; preprocess: string }): string {
  return createHash('sha256')
    .update(JSON.stringify([parts.image, parts.view, parts.backbone, parts.preprocess]))
    .digest('hex')
}

/**
 * Opens the store in `folder`, made where it is missing. Features are kept as float16, logits as float32.
 *
 * @throws NpluskError `IO` when the folder cannot be written
 */
export function openStore(folder: string): BottleneckStore {
  let database: RootDatabase<Buffer, string>
  try {
    mkdirSync(folder, { recursive: true })
    database = open<Buffer, string>({ path: join(folder, 'bottlenecks.lmdb'), encoding: 'binary', noSubdir: true })
  } catch (error) {
    throw ioError(error, `open the bottleneck cache in ${folder}`)
  }
  return {
    has: (key) => database.doesExist(key),
    get(key) {
      const value = database.getBinary(key)
      return value && decode(value)
    },
    async put(key, bottleneck) {
      try {
        await database.put(key, encode(bottleneck))
      } catch (error) {
        throw ioError(error, `write to the bottleneck cache in ${folder}`)
      }
    },
    close: () => database.close(),
  }
}

/** Number of bytes the store takes on disk; 0 where there is none. */
export async function storeSize(folder: string): Promise<number> {
  const names: string[] = await readdir(folder).catch(() => [])
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Deletes the store; a process that has it open keeps its own copy until it ends. */
export async function clearStore(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
}

/** Layout: uint32 D, uint32 N, float32 × N logits, uint16 × D features. */
function encode({ features, logits }: Bottleneck): Buffer {
  const header = Uint32Array.of(features.length, logits.length)
  return Buffer.concat([bytesOf(header), bytesOf(logits), bytesOf(encodeFloat16(features))])
}

function decode(value: Buffer): Bottleneck {
  // A copy: LMDB's memory is only valid during this read, and a view may not be aligned.
  const bytes = Uint8Array.from(value)
  const [dim, classes] = new Uint32Array(bytes.buffer, 0, 2) as unknown as [number, number]
  const features = new Float32Array(dim)
  decodeFloat16(new Uint16Array(bytes.buffer, 8 + 4 * classes, dim), features)
  return { features, logits: new Float32Array(bytes.buffer, 8, classes) }
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}
