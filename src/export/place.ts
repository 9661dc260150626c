import { readdir, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { NpluskError } from '../core/errors.js'
import { isMountPoint } from '../core/mount-point.js'
import type { Remedy } from '../core/remedies.js'
import { removeAbandoned } from '../core/temporary.js'
import { readWhole } from '../core/regular-file.js'
import { cardFile } from './files.js'
import type { ExportFormat } from './formats.js'
import { getMetadata } from '../onnx/build.js'
import { decodeModel } from '../onnx/model.js'

/** What file managers leave in any folder. */
const leftByOthers = ['.DS_Store', 'Thumbs.db', 'desktop.ini']

/**
 * Checks that an export may be written: only to a new path, an empty folder, or over an earlier export that nothing
 * was put into since.
 *
 * @throws NpluskError `CONFLICT` where anything else is there, or another file system begins
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
  if (await isMountPoint(out)) throw refusal(`${out} is a mount point`, { kind: 'choose-folder-inside' })
  const names = await readdir(out)
  if (names.length === 0) return
  if (!names.includes(cardFile)) throw refusal(`${out} holds files that nplusk did not export`)
  const foreign = await foreignIn(out, names)
  if (foreign !== undefined) throw refusal(`${out} holds "${foreign}", which nplusk did not export`)
}

/** A file in an exported folder that was put there by others; in those of earlier versions, by a hidden name alone. */
async function foreignIn(folder: string, names: readonly string[]): Promise<string | undefined> {
  const exported = await filesOnCard(join(folder, cardFile))
  if (exported === undefined) return names.find((name) => name.startsWith('.') && !leftByOthers.includes(name))
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => !entry.isDirectory() && !leftByOthers.includes(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
  return paths.sort().find((path) => !exported.has(path))
}

/** The files that an export consists of; `undefined` for one of an earlier version. */
async function filesOnCard(path: string): Promise<ReadonlySet<unknown> | undefined> {
  try {
    const { files } = JSON.parse((await readWhole(path)).toString('utf8')) as { files?: unknown }
    return Array.isArray(files) ? new Set(files) : undefined
  } catch {
    return undefined
  }
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
