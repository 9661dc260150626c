import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { openStore } from '../../src/features/store.js'
import { selectRows } from '../../src/features/table.js'
import { openOrtEvaluator } from '../../src/head/linear/ort-evaluator.js'
import { buildTrainingSet, type TrainingSet } from '../../src/head/training-set.js'
import { listClasses } from '../../src/folders/folder.js'
import { knownBackbone } from '../../src/classifier/known-backbone.js'
import { cacheFolder } from '../../src/catalog/cache-folder.js'
import { openSession } from '../../src/runtime/session.js'
import { openTfjsEvaluator } from '../../src/tfjs/tfjs-evaluator.js'
import { tableOf } from '../../src/tables/image-table.js'
import { openRehearsal } from '../../src/rehearsal/rehearsal.js'
import { fittedLoss } from '../support/fitted-loss.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const flowers = '../shared/data/flowers/train'
const present = existsSync(flowers)
const testPhotographs = present ? test : test.skip
const folder = temporaryFolder()
const { NPLUSK_CACHE_DIR: nplusk, XDG_CACHE_HOME: xdg } = process.env

testPhotographs(
  `both training backends reach the same loss on photographs of flowers${present ? '' : ` (skipped: no ${flowers})`}`,
  async () => {
    const set = await flowerSet()
    const losses: number[] = []
    for (const open of [openOrtEvaluator, openTfjsEvaluator]) losses.push(await fittedLoss(set, open))
    expect(losses[0]).toBeGreaterThan(0)
    expect(Math.abs(losses[1]! - losses[0]!)).toBeLessThan(1e-4)
  },
)

/** Ten photographs of each class, and every fourth of the built-in old images. */
async function flowerSet(): Promise<TrainingSet> {
  const backbone = await knownBackbone('inception-v3', { cacheDir: cacheFolder({ home: homedir(), nplusk, xdg }) })
  const store = await openStore(join(folder(), 'store'))
  const session = await openSession(backbone.graph)
  try {
    const extractor = { session, store, preprocess: backbone.preprocess, graphKey: backbone.graphHash }
    const views = { augment: 0, seed: 0 }
    const classes = await listClasses(flowers)
    const images = classes.flatMap(({ files }, label) => files.slice(0, 10).map((file) => ({ file, label })))
    const { table } = await tableOf(extractor, images, { ...views, stage: 'extract', dim: backbone.dim })
    const rehearsal = await openRehearsal('builtin', backbone, undefined, extractor, views)
    return buildTrainingSet({
      added: table,
      classes: classes.length,
      rehearsal: selectRows(rehearsal!.table, (row) => row % 4 === 0),
    })
  } finally {
    await session.close()
    await store.close()
  }
}
