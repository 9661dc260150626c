import { open, type FileHandle } from 'node:fs/promises'
import { checksumOf } from '../features/checksum.js'
import { bytesOf } from '../features/entry.js'
import type { Bottleneck, BottleneckShape, BottleneckStore } from '../features/store.js'
import { replaceFile } from '../core/atomic-write.js'
import { NpluskError, readError, throwIfAborted } from '../core/errors.js'
import { openFile } from '../core/regular-file.js'
import type { CallOptions } from '../core/progress.js'
import { readAt, writeAt } from '../core/positioned.js'
import { allFinite, halvesAreFinite } from '../math/finite.js'
import { decodeFloat16, encodeFloat16 } from '../math/float16.js'
import { badPart, encodeLayout, keyBytes, layoutOf, placesOf, readLayout, type PartLayout } from './part-layout.js'

/** Rows read or written at once. */
const blockSize = 256

/**
 * Writes the store's entries for the keys to a part, atomically.
 *
 * @throws NpluskError `BAD_INPUT` where a device or a pipe is, `IO`, `ABORTED`
 */
export async function writePart(
  file: string,
  { keys, store, shape }: { keys: readonly string[]; store: BottleneckStore; shape: BottleneckShape },
  { signal, onProgress }: CallOptions = {},
): Promise<void> {
  const layout = layoutOf(keys.length, shape)
  await replaceFile(file, async (temporary) => {
    const handle = await open(temporary, 'w')
    try {
      const header = encodeLayout(layout)
      await writeAt(handle, header, 0)
      const place = placesOf(layout, header.length)
      for (let row = 0; row < keys.length; row += blockSize) {
        throwIfAborted(signal)
        const block = keys.slice(row, row + blockSize)
        const entries = block.map((key) => encodeRow(key, store.read(key)))
        for (const name of ['logits', 'checksums', 'features'] as const) {
          await writeAt(handle, Buffer.concat(entries.map((entry) => entry[name])), place(name, row))
        }
        await writeAt(handle, Buffer.from(block.join(''), 'hex'), place('keys', row))
        onProgress?.({
          type: 'progress',
          stage: 'write-part',
          done: row + block.length,
          total: keys.length,
          unit: 'views',
        })
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
  })
}

/**
 * Adds those entries of a part to the store that are not there yet.
 *
 * @param onRows called after each block with its number of rows
 * @returns the number of rows in the part, and how many of them were new
 * @throws NpluskError `NOT_FOUND`; `BAD_INPUT` when the file is not a part, is damaged or contains non-finite numbers;
 * `IO`, `ABORTED`
 */
export async function readPart(
  file: string,
  store: BottleneckStore,
  { signal, onRows }: { readonly signal?: AbortSignal | undefined; readonly onRows?: (rows: number) => void } = {},
): Promise<{ entries: number; added: number }> {
  const handle = await openPart(file)
  try {
    const { layout, start } = await readLayout(handle, file)
    const [count, dim] = layout.features.dims
    const place = placesOf(layout, start)
    let added = 0
    for (let row = 0; row < count; row += blockSize) {
      throwIfAborted(signal)
      const rows = Math.min(blockSize, count - row)
      const read = async (name: keyof PartLayout) => readAt(handle, place(name, row), place(name, row + rows))
      const bytes = await read('keys')
      const keys = Array.from({ length: rows }, (_, i) => bytes.toString('hex', i * keyBytes, (i + 1) * keyBytes))
      const checksums = new Uint32Array((await read('checksums')).buffer)
      const logits = new Float32Array((await read('logits')).buffer)
      const halves = new Uint16Array((await read('features')).buffer)
      const classes = logits.length / rows
      const isWhole = (key: string, i: number) => {
        const scores = logits.subarray(i * classes, (i + 1) * classes)
        return checksumOf(key, bytesOf(scores), bytesOf(halves.subarray(i * dim, (i + 1) * dim))) === checksums[i]
      }
      if (!keys.every(isWhole)) throw badPart(file, 'is damaged')
      // Training on one such row would make every weight NaN.
      if (!allFinite(logits) || !halvesAreFinite(halves))
        throw badPart(file, 'holds features that are no finite numbers')
      const features = new Float32Array(rows * dim)
      decodeFloat16(halves, features)
      const missing = keys.map((key, i) => ({ i, key })).filter(({ key }) => !store.has(key))
      store.putAll(
        missing.map(({ i, key }) => [
          key,
          {
            features: features.subarray(i * dim, (i + 1) * dim),
            logits: logits.subarray(i * classes, (i + 1) * classes),
          },
        ]),
      )
      added += missing.length
      onRows?.(rows)
    }
    return { entries: count, added }
  } finally {
    await handle.close()
  }
}

/** Number of rows in a part; throws as `readPart`. */
export async function countRows(file: string): Promise<number> {
  const handle = await openPart(file)
  try {
    return (await readLayout(handle, file)).layout.keys.dims[0]
  } finally {
    await handle.close()
  }
}

async function openPart(file: string): Promise<FileHandle> {
  try {
    return await openFile(file)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw readError(cause, file)
    throw new NpluskError('NOT_FOUND', `There is no file ${file}; check the path of the part.`, { cause })
  }
}

/** The bytes of a row, by tensor. */
function encodeRow(key: string, bottleneck: Bottleneck): Record<'logits' | 'checksums' | 'features', Uint8Array> {
  const logits = bytesOf(bottleneck.logits)
  const features = bytesOf(encodeFloat16(bottleneck.features))
  return { logits, checksums: bytesOf(Uint32Array.of(checksumOf(key, logits, features))), features }
}
