import { readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** Milliseconds for which a file is kept that nobody uses: thirty days. */
const keptFor = 30 * 24 * 3600 * 1000

/** The folder of the cache for what fine-tuning keeps: how far training came, and smaller copies of pictures. */
export function branchFolder(cacheDir: string): string {
  return join(cacheDir, 'branches')
}

/** Whether a file is one of these. */
export function isBranchFile(path: string): boolean {
  return /^([0-9a-f]{32}\.safetensors|[0-9a-f]{64}-\d+-[0-9a-f]{64}\.jpg)$/.test(basename(path))
}

/** Deletes what was left there long ago, as far as it can be deleted. */
export async function removeOldBranchFiles(cacheDir: string): Promise<void> {
  const folder = branchFolder(cacheDir)
  const names: string[] = await readdir(folder).catch(() => [])
  for (const path of names.map((name) => join(folder, name)).filter(isBranchFile)) {
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }))
    if (Date.now() - mtimeMs > keptFor) await rm(path, { force: true }).catch(() => undefined)
  }
}
