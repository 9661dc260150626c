import { readdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { NpluskError } from '../core/errors.js'
import type { Remedy } from '../core/remedies.js'
import { removeAbandoned } from '../core/temporary.js'
import { readWhole } from '../core/regular-file.js'
import { cardFile } from './files.js'
import type { ExportFormat } from './formats.js'
import { getMetadata } from '../onnx/build.js'
import { decodeModel } from '../onnx/model.js'

/**
 * Checks that an export may be written: only to a new path, an empty folder, or over an earlier export.
 *
 * @throws NpluskError `CONFLICT` where anything else is there
 */
export async function checkExportPlace(out: string, format: ExportFormat): Promise<void> {
  // An export that was killed at the very end comes into its place.
  await removeAbandoned(dirname(resolve(out)))
  const found = await stat(out).catch(() => undefined)
  if (found === undefined) return
  if (format === 'onnx') {
    if (!found.isFile()) throw refusal(`${out} is no file`, { kind: 'name-file' })
    if (!(await isExportedFile(out))) throw refusal(`${out} is there and was not exported by nplusk`)
    return
  }
  if (!found.isDirectory()) throw refusal(`${out} is no folder`)
  const names = await readdir(out)
  if (names.length > 0 && !names.includes(cardFile)) throw refusal(`${out} holds files that nplusk did not export`)
}

function refusal(problem: string, remedy: Remedy = { kind: 'choose-another', option: 'out' }): NpluskError {
  return new NpluskError('CONFLICT', `${problem}.`, { remedy })
}

/** Whether a file is an exported model; the model of a bundle lacks this metadata. */
async function isExportedFile(path: string): Promise<boolean> {
  try {
    return getMetadata(decodeModel(await readWhole(path)), 'nplusk.input') !== undefined
  } catch {
    return false
  }
}
