import { readdir } from 'node:fs/promises'
import { extendModel, removeClasses, renameClass } from '../../src/index.js'
import { makeTinyWorld } from '../shared/tiny-world.js'
import { flippedBundle } from './bundle.js'
import type { FlipTarget } from './flip.js'

/** A tiny bundle with old images and a history of changes of every kind. */
export async function tinyBundle(folder: string): Promise<FlipTarget> {
  const { common, bundle: model, path } = await makeTinyWorld(folder)
  await extendModel({ ...common, model, add: [path('test', 'orchid')], rehearsal: path('test'), name: 'again' })
  await renameClass({ model, name: 'poppy', to: 'corn poppy' })
  await removeClasses({ ...common, model, name: 'snowdrop' })
  const pictures = (await readdir(path('test', 'poppy'))).slice(0, 2).map((name) => path('test', 'poppy', name))
  return flippedBundle(model, pictures)
}
