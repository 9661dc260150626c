import { cp } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { cacheFolder } from '../../src/catalog/cache-folder.js'
import { extendModel } from '../../src/index.js'
import { fixtures } from '../shared/tiny-world.js'
import { flippedBundle } from './bundle.js'
import type { FlipTarget } from './flip.js'

/** A bundle of the default model, in a cache that begins with a copy of the models that are on this machine. */
export async function inceptionBundle(folder: string): Promise<FlipTarget> {
  const cacheDir = join(folder, 'cache')
  const known = cacheFolder({
    home: homedir(),
    nplusk: process.env['NPLUSK_CACHE_DIR'],
    xdg: process.env['XDG_CACHE_HOME'],
  })
  await cp(join(known, 'models'), join(cacheDir, 'models'), { recursive: true }).catch(() => undefined)
  const model = join(folder, 'bundle')
  const flowers = (name: string) => join(fixtures, 'flowers', name)
  const common = { cacheDir, device: 'cpu', augment: 0 } as const
  await extendModel({ ...common, model: 'inception-v3', add: [flowers('poppy')], out: model })
  await extendModel({ ...common, model, add: [flowers('orchid')] })
  return flippedBundle(model, [join(flowers('poppy'), '01.jpg')])
}
