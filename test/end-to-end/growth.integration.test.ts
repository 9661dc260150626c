import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { manifestFile, modelFile } from '../../src/bundle/layout.js'
import type { Label, Manifest } from '../../src/bundle/manifest.js'
import { loadImage } from '../../src/image/decode.js'
import { openSession } from '../../src/runtime/session.js'
import type { Evaluation } from '../../src/evaluation/evaluation.js'
import type { ExtendResult } from '../../src/workflow/extend.js'
import type { RemoveResult } from '../../src/workflow/remove.js'
import { openWorkplace, type Workplace } from './workplace.js'

// Classes that get more pictures later, on photographs.

const data = resolve('../shared/data/flowers')
const describePhotographs = existsSync(data) ? describe : describe.skip
const classes = ['dandelion', 'roses', 'sunflowers', 'tulips']

let place: Workplace
beforeAll(() => {
  place = openWorkplace()
})
afterAll(() => place.remove())

/** A folder with some of a class's training photographs: those from one place in their order to another. */
function photographs(folder: string, label: string, from: number, to: number, name = label): void {
  mkdirSync(place.path(folder, name), { recursive: true })
  const files = readdirSync(join(data, 'train', label))
    .sort()
    .slice(from, to)
  for (const file of files) cpSync(join(data, 'train', label, file), place.path(folder, name, file))
}

async function labelsOf(model: string): Promise<Label[]> {
  return (await place.json<{ labels: Label[] }>(['classes', '--model', model])).labels.slice(1000)
}

/** The logits of the first photographs of roses, one after another. */
async function logitsOf(folder: string, count = 1): Promise<Float32Array> {
  const { preprocess } = JSON.parse(readFileSync(place.path(folder, manifestFile), 'utf8')) as Manifest
  const session = await openSession(place.path(folder, modelFile))
  try {
    const names = readdirSync(join(data, 'val', 'roses'))
      .sort()
      .slice(0, count)
    const pixels = await Promise.all(names.map((name) => loadImage(join(data, 'val', 'roses', name), preprocess)))
    const image = { dims: [count, preprocess.height, preprocess.width, 3], data: Buffer.concat(pixels) }
    return (await session.run({ image }, ['logits']))['logits']!.data as Float32Array
  } finally {
    await session.close()
  }
}

describePhotographs('a class added earlier gets more pictures', () => {
  let grown: ExtendResult

  beforeAll(async () => {
    for (const label of classes) photographs('photos', label, 0, 20)
    for (const label of classes) photographs('at-once', label, 0, label === 'roses' ? 70 : 20)
    photographs('more', 'roses', 20, 70)
    await place.json(['--add', 'photos', '--augment', '1', '--out', 'bundle'])
    cpSync(place.path('bundle'), place.path('before'), { recursive: true })
    grown = await place.json(['--add', 'more', '--augment', '1', '--model', 'bundle'])
  }, 600_000)

  test('under its label and in its column, and says so', async () => {
    expect(grown.classes).toEqual({ base: 1000, added: 4, total: 1004 })
    // One of the 50 shows the scene of another one.
    expect(grown.images).toEqual({ given: 50, used: 49, unreadable: 0, duplicate: 1, passedOver: 0 })
    expect(grown.grown).toEqual([expect.objectContaining({ label: 'roses', before: 20, images: 69 })])
    expect(await labelsOf('bundle')).toEqual(await labelsOf('before'))
    expect((await logitsOf('bundle')).slice(0, 1000)).toEqual((await logitsOf('before')).slice(0, 1000))
  })

  test('and is then known as well as one that came with all of them at once, and better than before', async () => {
    await place.json(['--add', 'at-once', '--augment', '1', '--out', 'whole'])
    const rightOf = async (model: string) => {
      const { perClass } = await place.json<Evaluation>(['evaluate', 'val', '--model', model])
      return perClass.find(({ label }) => label === 'roses')!.top1
    }
    // The same bits are the same accuracy.
    expect(await logitsOf('bundle', 8)).toEqual(await logitsOf('whole', 8))
    cpSync(join(data, 'val', 'roses'), place.path('val', 'roses'), { recursive: true })
    expect(await rightOf('bundle')).toBeGreaterThan(await rightOf('before'))
  }, 600_000)

  test('--freeze-added refuses, as its head is to stay', async () => {
    mkdirSync(place.path('fresh', 'roses'), { recursive: true })
    const [picture] = readdirSync(join(data, 'val', 'roses'))
    cpSync(join(data, 'val', 'roses', picture!), place.path('fresh', 'roses', 'new.jpg'))
    const { code, stderr } = await place.run(['--add', 'fresh', '--model', 'bundle', '--freeze-added', '--quiet'])
    expect(code).toBe(1)
    expect(stderr).toContain('--freeze-added keeps it as it is')
  })

  test('--overlap separate makes a second class, and warns that both compete; error stops', async () => {
    cpSync(place.path('before'), place.path('apart'), { recursive: true })
    const apart = await place.json<ExtendResult>(['--add', 'more', '--model', 'apart', '--overlap', 'separate'])
    expect(apart.increment.labels).toEqual(['roses (more)'])
    expect(apart.grown).toEqual([])
    expect(apart.warnings).toEqual(expect.arrayContaining([expect.stringContaining('compete for the same pictures')]))
    const { code, stderr } = await place.run(['--add', 'more', '--model', 'before', '--overlap', 'error', '--quiet'])
    expect([code, stderr]).toEqual([1, expect.stringContaining('which was added earlier')])
  })

  test('and loses just these when their increment is removed', async () => {
    const removed = await place.json<RemoveResult>(['remove', 'more', '--model', 'bundle'])
    expect(removed).toMatchObject({ removed: [], shrunk: ['roses'], classes: { added: 4, total: 1004 } })
    expect(await logitsOf('bundle')).toEqual(await logitsOf('before'))
  })
})
