import { stat } from 'node:fs/promises'

/** Size of a file in bytes; 0 where there is none, as when another process has deleted it meanwhile. */
export async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0
}

/** Total size of files in bytes. */
export async function sizeOfAll(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map(sizeOf))
  return sizes.reduce((sum, size) => sum + size, 0)
}
