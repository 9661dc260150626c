import { readdir, readFile, stat } from 'node:fs/promises'
import { NpluskError } from '../core/errors.js'
import { cardFile } from './files.js'
import { getMetadata } from '../onnx/build.js'
import { decodeModel } from '../onnx/model.js'

/** What a bundle can be exported as. */
export type ExportFormat = 'onnx' | 'transformers' | 'web' | 'triton'

/**
 * Lets an export take the place of nothing, of an empty folder or of an earlier export.
 *
 * @throws NpluskError `CONFLICT` where anything else is there
 */
export async function checkExportPlace(out: string, format: ExportFormat): Promise<void> {
  const found = await stat(out).catch(() => undefined)
  if (found === undefined) return
  if (format === 'onnx') {
    if (!found.isFile()) throw new NpluskError('CONFLICT', `${out} is no file; give a file's name as --out.`)
    if (!(await isExportedFile(out))) {
      throw new NpluskError('CONFLICT', `${out} is there and was not exported by nplusk; choose another --out.`)
    }
    return
  }
  if (!found.isDirectory()) throw new NpluskError('CONFLICT', `${out} is no folder; choose another --out.`)
  const names = await readdir(out)
  if (names.length > 0 && !names.includes(cardFile)) {
    throw new NpluskError('CONFLICT', `${out} holds files that nplusk did not export; choose another --out.`)
  }
}

/** A bundle's own model has no such entry. */
async function isExportedFile(path: string): Promise<boolean> {
  try {
    return getMetadata(decodeModel(await readFile(path)), 'nplusk.input') !== undefined
  } catch {
    return false
  }
}
