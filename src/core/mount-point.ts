import { realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Whether another file system begins at a folder, which therefore cannot be renamed. */
export async function isMountPoint(folder: string): Promise<boolean> {
  const path = await realpath(folder)
  const [own, above] = await Promise.all([stat(path), stat(dirname(path))])
  return own.dev !== above.dev
}
