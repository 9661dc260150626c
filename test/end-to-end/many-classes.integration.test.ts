import { mkdirSync, readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { createRandom } from '../../src/math/random.js'
import { readBundle } from '../../src/bundle/bundle.js'
import type { AddedHead } from '../../src/head/added-head.js'
import { openSession } from '../../src/runtime/session.js'
import type { IncrementFeatures } from '../../src/bundle/parts.js'
import { saveBundle } from '../../src/bundle/save.js'
import { evaluate, extendModel, listLabels, loadClassifier } from '../../src/index.js'
import { side, writeTinyClassifier } from '../support/tiny-classifier-file.js'
import { openWorkplace, type Workplace } from './workplace.js'

// Four thousand classes on a tiny network, in forty increments: what would hurt is whatever grows with their square.

const increments = 40
const classesEach = 100
const baseClasses = 10

let place: Workplace
const bundle = () => place.path('extended')
const common = () => ({ cacheDir: place.path('cache'), device: 'cpu' }) as const

beforeAll(async () => {
  place = openWorkplace()
  writeTinyClassifier(place.path('tiny.onnx'), baseClasses)
  await drawClasses(place.path('old'), 1, 200)
  await drawClasses(place.path('set0'), classesEach, 2, 0)
  await drawClasses(place.path('set39'), classesEach, 2, 39)
  await extendModel({
    ...common(),
    model: place.path('tiny.onnx'),
    add: [place.path('set0')],
    out: bundle(),
    augment: 0,
    rehearsal: place.path('old'),
    // Old pictures are as random as the new ones: with 200 of them the default limit would let a single one go.
    maxOldDrop: 0.03,
    input: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25], size: { width: side, height: side } },
  })
  await repeatFirst(increments - 2)
  // Frozen pictures outnumber the old ones by far, and are what the new head learns to keep quiet on: the limit, which
  // holds for the old ones alone, would silence it.
  const limits = { freezeAdded: true, maxOldDrop: 0.3 }
  await extendModel({ ...common(), model: bundle(), add: [place.path('set39')], augment: 0, ...limits })
})

afterAll(() => place.remove())

test('forty increments of a hundred classes make 4010, each with a label of its own', async () => {
  const { labels } = await listLabels({ ...common(), model: bundle() })
  expect(labels).toHaveLength(baseClasses + increments * classesEach)
  expect(new Set(labels.map(({ label }) => label)).size).toBe(labels.length)
  expect(labels.filter(({ increment }) => increment === 'set39')).toHaveLength(classesEach)
})

test('the files stay in proportion', async () => {
  const size = async (name: string) => (await stat(join(bundle(), name))).size
  // 48 weights and a bias for every class; the manifest, 4000 times a folder, a label and a count, stands in the model
  // too.
  expect(await size('bundle.json')).toBeLessThan(4000 * 150)
  expect(await size('model.onnx')).toBeLessThan(4000 * (49 * 4 + 250) + 100_000)
  const manifest = JSON.parse(readFileSync(join(bundle(), 'bundle.json'), 'utf8')) as { increments: unknown[] }
  expect(manifest.increments).toHaveLength(increments)
})

test('pictures of the first and of the last classes are told apart', async () => {
  for (const i of [0, 39]) {
    const { new: added, perClass } = await evaluate({ ...common(), model: bundle(), folder: place.path(`set${i}`) })
    expect(perClass).toHaveLength(classesEach)
    expect(added!.count).toBe(2 * classesEach)
    expect(added!.top1).toBeGreaterThan(0.5)
  }
  const classifier = await loadClassifier({ ...common(), model: bundle() })
  try {
    for await (const result of classifier.classify([place.path('set39', 'kind39-7', '0.png')], { top: 3 })) {
      expect(result).toMatchObject({ predictions: [{ label: 'kind39-7', increment: 'set39' }, {}, {}] })
    }
  } finally {
    await classifier.close()
  }
})

/**
 * Adds the first increment again and again under other names, with heads that never win: training all forty takes
 * minutes.
 */
async function repeatFirst(times: number): Promise<void> {
  const first = await readBundle(bundle())
  const backbone = await first.backbone()
  const [{ increment, table }] = (await first.increments()) as [IncrementFeatures]
  const [head] = (await first.heads()) as [AddedHead]
  const silent = head.shift(new Float64Array(head.columns).fill(-1000))
  const copies = Array.from({ length: times }, (_, i) => {
    const rename = (label: string) => label.replace('kind0', `kind${i + 1}`)
    const classes = increment.classes.map((one) => ({ ...one, folder: rename(one.folder), label: rename(one.label) }))
    return { increment: { ...increment, name: `set${i + 1}`, classes }, table, head: silent }
  })
  const session = await openSession(backbone.graph)
  try {
    const parts = {
      backbone,
      increments: [{ increment, table, head }, ...copies],
      rehearsal: await first.rehearsal(),
      training: { ...first.manifest.training, heads: [head, ...copies].map(() => head.kind) },
      revision: first.manifest.revision + 1,
    }
    await saveBundle(bundle(), parts, session, { kind: 'add' })
  } finally {
    await session.close()
  }
}

/** Folders of pictures: coloured blocks, the same for all of a class but for some noise. */
async function drawClasses(folder: string, classes: number, images: number, set = -1): Promise<void> {
  const random = createRandom(`set:${set}`)
  for (let c = 0; c < classes; c++) {
    const own = join(folder, `kind${set}-${c}`)
    mkdirSync(own, { recursive: true })
    const pattern = Array.from({ length: 48 }, () => 255 * random.next())
    for (let n = 0; n < images; n++) {
      // Old pictures show a pattern each.
      const shown = set < 0 ? pattern.map(() => 255 * random.next()) : pattern
      const cells = shown.map((value) => Math.max(0, Math.min(255, value + 12 * random.normal())))
      const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => {
        const [x, y, channel] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side), i % 3]
        return cells[channel * 16 + (y >> 1) * 4 + (x >> 1)]!
      })
      await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
        .png()
        .toFile(join(own, `${n}.png`))
    }
  }
}
