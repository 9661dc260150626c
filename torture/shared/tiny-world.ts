import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { extendModel } from '../../src/index.js'
import { side, writeLayeredClassifier } from '../../test/support/tiny-classifier-file.js'

/** The drawn flowers. */
export const fixtures = fileURLToPath(new URL('../../../fixtures', import.meta.url))

/** How the tiny classifier takes its pictures. */
const input = { mean: [0.5], std: [0.25], channels: 'RGB', size: { width: side, height: side } } as const

/** Two increments on a tiny network, with all that calls of the library need. */
export interface TinyWorld {
  readonly folder: string
  /** Options of every call. */
  readonly common: { readonly cacheDir: string; readonly device: 'cpu' }
  /** The network, and how it takes its pictures. */
  readonly base: { readonly model: string; readonly input: typeof input }
  readonly bundle: string
  path(...names: string[]): string
}

/** @param folder is empty, and holds all of the world then */
export async function makeTinyWorld(folder: string): Promise<TinyWorld> {
  const path = (...names: string[]) => join(folder, ...names)
  const common = { cacheDir: path('cache'), device: 'cpu' } as const
  const base = { model: path('tiny.onnx'), input }
  writeLayeredClassifier(base.model, 10)
  for (const name of ['bluebell', 'orchid', 'poppy']) {
    await cp(join(fixtures, 'flowers', name), path('flowers', name), { recursive: true })
    await cp(join(fixtures, 'flowers-test', name), path('test', name), { recursive: true })
  }
  await cp(join(fixtures, 'flowers', 'snowdrop'), path('more', 'snowdrop'), { recursive: true })
  await mkdir(path('out'))
  const bundle = path('bundle')
  await extendModel({ ...common, ...base, add: [path('flowers')], out: bundle })
  await extendModel({ ...common, model: bundle, add: [path('more')] })
  return { folder, common, base, bundle, path }
}
