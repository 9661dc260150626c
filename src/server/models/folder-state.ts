import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * What a folder's files are, as a text that changes with any of them: names, sizes, times, and which files these are.
 * Folders within count by their name alone. No file is read.
 *
 * @returns '' where there is no folder
 */
export async function folderState(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => [])
  const states = names.sort().map(async (name) => {
    const stats = await stat(join(folder, name), { bigint: true }).catch(() => undefined)
    if (stats === undefined || stats.isDirectory()) return name
    const { dev, ino, size, mtimeNs, ctimeNs } = stats
    return [name, dev, ino, size, mtimeNs, ctimeNs].join(' ')
  })
  return (await Promise.all(states)).join('\n')
}
