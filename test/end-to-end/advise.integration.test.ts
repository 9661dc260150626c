import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { usualCacheDir } from '../../bench/shared/cache-dir.js'
import { advise } from '../../src/workflow/advise.js'
import {
  copyDataSet,
  moveIntoWrongFolders,
  plantNearDuplicates,
  plantStrangers,
  saveAgain,
} from '../support/plant-faults.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const [flowers, textures] = ['../shared/data/flowers/train', '../shared/data/textures/train']
const isThere = existsSync(flowers) && existsSync(textures)
const folder = temporaryFolder()

/** Fewer pictures than in `npm run bench:faults`, which measures. */
const each = 25

;(isThere ? test : test.skip)(
  `faults planted among photographs are found${isThere ? '' : ` (skipped: no ${flowers})`}`,
  async () => {
    const set = join(folder(), 'flowers')
    const field = await copyDataSet(flowers, set, 1, each)
    const pairs = await plantNearDuplicates(field, 5)
    const strangers = new Set(await plantStrangers(field, textures, 4))
    const moved = new Set(await moveIntoWrongFolders(field, 0.04))
    await saveAgain(field, 'daisy', 20)

    const advice = await advise({
      cacheDir: usualCacheDir(process.env),
      model: 'inception-v3',
      folder: set,
      device: 'cpu',
    })
    const copies = pairs.filter((pair) =>
      advice.duplicates.some(({ files }) => pair.every((file) => moved.has(file) || files.includes(file))),
    )
    expect(copies.length).toBeGreaterThanOrEqual(4)
    const first = advice.mislabelled.slice(0, advice.mislabelled.length / 5)
    const found = first.filter(({ file }) => moved.has(file))
    expect(found.length).toBeGreaterThanOrEqual(0.6 * moved.size)
    const outliers = advice.outliers.slice(0, 20).filter(({ file }) => strangers.has(file))
    expect(outliers.length).toBeGreaterThanOrEqual(2)
    expect(advice.giveaways).toContainEqual(
      expect.objectContaining({ label: 'daisy', attribute: 'jpeg-quality', value: 20 }),
    )
    expect(advice.overlap).toContainEqual(
      expect.objectContaining({ label: 'daisy', existing: 'daisy', increment: 'base', byName: true }),
    )
    expect(advice.case).toBe('few-like')
    expect(advice.shift!.scale.length).toBeGreaterThan(3)
  },
)
