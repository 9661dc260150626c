import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { filesOf, manifestFile, modelFile } from '../layout.js'
import type { Manifest } from '../manifest.js'

/** Bytes on the disk. */
export interface BundleSize {
  readonly total: number
  /** What is there for earlier revisions alone, records included. */
  readonly history: number
}

/** Adds up the files of a bundle; what cannot be looked at counts nothing. */
export async function sizeOfBundle(folder: string, manifest: Manifest): Promise<BundleSize> {
  const names: string[] = await readdir(folder, { recursive: true }).catch(() => [])
  const current = new Set([modelFile, manifestFile, ...filesOf(manifest)])
  const size = { total: 0, history: 0 }
  for (const name of names) {
    const found = await stat(join(folder, name)).catch(() => undefined)
    if (found?.isFile() !== true) continue
    size.total += found.size
    if (!current.has(name) && isOurs(name)) size.history += found.size
  }
  return size
}

/** What is still written, or was never completed, is no part of the history. */
function isOurs(name: string): boolean {
  return (
    !name.endsWith('.tmp') &&
    /^(revisions[/\\].*|(backbone|rehearsal|features)-[0-9a-f]{16}\.(onnx|safetensors))$/.test(name)
  )
}
