import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { NpluskError } from '../../core/errors.js'
import { specialKind } from '../../core/regular-file.js'

/**
 * What a folder's files are, as a text that changes with any of them: names, sizes, times, and which files these are.
 * Folders within count by their name alone. No file is read.
 *
 * @returns '' where there is no folder
 * @throws NpluskError `BAD_BUNDLE` where a pipe, socket or device is among them, which could be waited for for ever
 */
export async function folderState(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => [])
  const states = names.sort().map(async (name) => {
    const stats = await stat(join(folder, name), { bigint: true }).catch(() => undefined)
    if (stats === undefined || stats.isDirectory()) return name
    if (!stats.isFile()) throw notAFile(join(folder, name), specialKind(stats))
    const { dev, ino, size, mtimeNs, ctimeNs } = stats
    return [name, dev, ino, size, mtimeNs, ctimeNs].join(' ')
  })
  return (await Promise.all(states)).join('\n')
}

function notAFile(path: string, kind: string): NpluskError {
  return new NpluskError('BAD_BUNDLE', `${path} is a ${kind} and no file; restore the bundle from a copy.`)
}
