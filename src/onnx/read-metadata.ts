import type { FileHandle } from 'node:fs/promises'
import { readAt } from '../core/positioned.js'
import { entryKey, entryValue, fieldAt, maxVarintBytes, modelGraph, modelMetadata, textsOf } from './fields.js'

/**
 * The value of one entry of an ONNX file's `metadata_props`. The graph, nearly all of the file, is skipped, and the
 * protobuf library is not loaded.
 *
 * @returns `undefined` where no entry has that key
 * @throws RangeError where the file is not an ONNX file, or is cut off
 */
export async function readMetadata(file: FileHandle, key: string): Promise<string | undefined> {
  const { size } = await file.stat()
  let value: string | undefined
  let hasGraph = false
  for (let at = 0; at < size;) {
    const { field, start, end } = fieldAt(await readAt(file, at, Math.min(at + 2 * maxVarintBytes, size)), at)
    if (end > size) throw new RangeError('the file ends in the middle of a field')
    if (field === modelGraph) hasGraph = true
    if (field === modelMetadata) {
      const entry = textsOf(await readAt(file, start, end))
      if (entry.get(entryKey) === key) value = entry.get(entryValue) ?? ''
    }
    at = end
  }
  if (!hasGraph) throw new RangeError('there is no graph')
  return value
}
