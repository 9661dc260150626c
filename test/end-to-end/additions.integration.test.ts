import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { manifestFile, modelFile } from '../../src/bundle/layout.js'
import type { Label, Manifest } from '../../src/bundle/manifest.js'
import { loadImage } from '../../src/image/decode.js'
import { openSession } from '../../src/runtime/session.js'
import type { ImageResult } from '../../src/answers/answering.js'
import type { ExtendResult } from '../../src/workflow/extend.js'
import type { RemoveResult } from '../../src/workflow/remove.js'
import { contentsOf, fixtures, openWorkplace, type Workplace } from './workplace.js'

// The life of one bundle, in the order of the tests: flowers come, things come, things go, a flower goes.

const flowers = ['bluebell', 'orchid', 'poppy', 'snowdrop', 'water-lily']
const things = { ball: 'soccer-ball', fruit: 'banana', lights: 'traffic-light', parasol: 'umbrella' }
const objects = Object.values(things).map((name) => join(fixtures, 'objects', `${name}.jpg`))
const poppy = join(fixtures, 'flowers-test', 'poppy', '01.jpg')

let place: Workplace
let bundle: string
let added: ExtendResult
/** A copy of the bundle with the flowers alone. */
let withFlowers: string

beforeAll(async () => {
  place = openWorkplace()
  bundle = place.path('extended')
  withFlowers = place.path('with-flowers')
  for (const [label, object] of Object.entries(things)) {
    mkdirSync(place.path('things', label), { recursive: true })
    cpSync(join(fixtures, 'objects', `${object}.jpg`), place.path('things', label, 'one.jpg'))
  }
  added = await place.json(['--add', join(fixtures, 'flowers')])
  cpSync(bundle, withFlowers, { recursive: true })
})

afterAll(() => place.remove())

/** The logits of the four objects and a poppy, row by row. */
async function logitsOf(folder: string): Promise<Float32Array[]> {
  const { preprocess } = JSON.parse(readFileSync(join(folder, manifestFile), 'utf8')) as Manifest
  const session = await openSession(join(folder, modelFile))
  try {
    const rows: Float32Array[] = []
    for (const file of [...objects, poppy]) {
      const data = await loadImage(file, preprocess)
      const { logits } = await session.run({ image: { dims: [1, preprocess.height, preprocess.width, 3], data } }, [
        'logits',
      ])
      rows.push(logits!.data as Float32Array)
    }
    return rows
  } finally {
    await session.close()
  }
}

function bestLabels(lines: string): string[] {
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ImageResult)
    .map((result) => ('error' in result ? result.error : result.predictions[0]!.label))
}

const fraction = expect.any(Number)

describe('the first --add', () => {
  test('prints what the contract says, and nothing else', () => {
    expect(added).toEqual({
      bundle,
      revision: 1,
      classes: { base: 1000, added: 5, total: 1005 },
      grown: [],
      increment: { name: 'flowers', labels: flowers, images: 60 },
      heldOut: {
        old: { top1Before: fraction, top1After: fraction, count: 1000 },
        new: { top1: fraction, count: 60 },
        leak: fraction,
        miss: fraction,
        perClass: flowers.map((label) => ({
          label,
          count: 12,
          top1: fraction,
          averagePrecision: fraction,
          threshold: fraction,
          confusedWith: expect.any(Array),
        })),
      },
      images: { given: 60, used: 60, unreadable: 0, duplicate: 0, passedOver: 0 },
      nearDuplicates: 0,
      known: 0,
      inSeveralClasses: 0,
      passedOver: [],
      regularisation: { taken: fraction, tried: expect.any(Array) },
      head: { asked: 'softmax', kind: 'softmax', tried: [] },
      fineTuning: null,
      layers: [{ increment: 'flowers', taken: expect.any(String), read: expect.any(Array), tried: expect.any(Array) }],
      augment: { asked: 'auto', perClass: expect.any(Array), probe: expect.anything() },
      unwritten: [],
      preprocess: expect.objectContaining({ source: 'known', sure: true, width: 299 }),
      warnings: expect.any(Array),
      seconds: expect.objectContaining({ total: fraction }),
    })
    const { old, new: fresh, leak, miss } = added.heldOut
    for (const share of [old!.top1Before, old!.top1After, fresh.top1, leak!, miss]) {
      expect(share).toBeGreaterThanOrEqual(0)
      expect(share).toBeLessThanOrEqual(1)
    }
    expect(fresh.top1).toBeGreaterThan(0.9)
    expect(old!.top1Before - old!.top1After).toBeLessThan(0.02)
  })

  test('knows old classes and new ones', async () => {
    const { code, stdout, stderr } = await place.run(['predict', ...objects, poppy, '--json', '--quiet'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(bestLabels(stdout)).toEqual(['soccer ball', 'banana', 'traffic light', 'umbrella', 'poppy'])
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(lines[4]).toEqual({
      file: poppy,
      predictions: Array.from({ length: 5 }, () => ({
        index: expect.any(Number),
        label: expect.any(String),
        probability: fraction,
        increment: expect.stringMatching(/^(base|flowers)$/),
      })),
    })
  })

  test('leaves one bundle and no temporary files', () => {
    const names = Object.keys(contentsOf(bundle))
    expect(names).toEqual(expect.arrayContaining([manifestFile, modelFile]))
    expect(names.filter((name) => name.startsWith('.'))).toEqual([])
  })
})

describe('a second --add', () => {
  let again: ExtendResult

  beforeAll(async () => {
    again = await place.json(['--add', 'things'])
  })

  test('makes N + k1 + k2 classes', async () => {
    expect(again).toMatchObject({
      bundle,
      classes: { base: 1000, added: 9, total: 1009 },
      increment: { name: 'things', labels: Object.keys(things), images: 4 },
      heldOut: { old: { count: 1000 }, new: { count: 64 } },
    })
    const { labels } = await place.json<{ labels: Label[] }>(['classes'])
    expect(labels.map(({ index }) => index)).toEqual([...Array(1009).keys()])
    expect(labels.slice(0, 1000).every(({ increment, wnid }) => increment === 'base' && /^n\d{8}$/.test(wnid!))).toBe(
      true,
    )
    expect(labels.slice(1000)).toEqual([
      ...flowers.map((label, i) => ({ index: 1000 + i, label, increment: 'flowers' })),
      ...Object.keys(things).map((label, i) => ({ index: 1005 + i, label, increment: 'things' })),
    ])
    expect(new Set(labels.map(({ label }) => label)).size).toBe(1009)
  })

  test('keeps the old logits bit for bit', async () => {
    const [before, after] = [await logitsOf(withFlowers), await logitsOf(bundle)]
    before.forEach((row, i) => expect(after[i]!.slice(0, 1000)).toEqual(row.slice(0, 1000)))
    expect(after[0]!).toHaveLength(1009)
  })

  test('under a name that is taken is refused', async () => {
    const { code, stderr } = await place.run(['--add', 'things', '--name', 'things', '--quiet'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^extend: The bundle already has an increment "things"; .*\n$/)
  })

  test('can be taken back: the model is the one from before, bit for bit', async () => {
    const removed = await place.json<RemoveResult>(['remove', 'things'])
    expect(removed).toEqual({
      bundle: expect.stringMatching(/extended$/),
      removed: Object.keys(things),
      shrunk: [],
      alsoNamed: [],
      classes: { base: 1000, added: 5, total: 1005 },
    })
    expect(await logitsOf(bundle)).toEqual(await logitsOf(withFlowers))
  })
})

test('one class can be removed; the others keep their order', async () => {
  const removed = await place.json<RemoveResult>(['remove', 'orchid', '--model', 'extended'])
  expect(removed.classes).toEqual({ base: 1000, added: 4, total: 1004 })
  const { labels } = await place.json<{ labels: Label[] }>(['classes', '--model', bundle])
  expect(labels.slice(1000).map(({ label }) => label)).toEqual(['bluebell', 'poppy', 'snowdrop', 'water-lily'])
  const { stdout } = await place.run(['predict', poppy, objects[0]!, '--json', '--quiet'])
  expect(bestLabels(stdout)).toEqual(['poppy', 'soccer ball'])
})

test('a bundle that was moved is extended where nothing else is: no model, no cached bottlenecks', async () => {
  const elsewhere = place.path('elsewhere')
  mkdirSync(elsewhere)
  cpSync(withFlowers, join(elsewhere, 'moved'), { recursive: true })
  rmSync(withFlowers, { recursive: true })
  const arguments_ = ['--add', '../things', '--model', 'moved', '--cache-dir', join(elsewhere, 'cache')]
  const moved = await place.json<ExtendResult>(arguments_, { cwd: elsewhere })
  expect(moved).toMatchObject({ bundle: join(elsewhere, 'moved'), classes: { added: 9, total: 1009 } })
  expect(Object.keys(contentsOf(join(elsewhere, 'cache'))).filter((name) => name.includes('models'))).toEqual([])
  const { stdout } = await place.run(['predict', poppy, '--model', 'moved', '--json', '--quiet'], { cwd: elsewhere })
  expect(bestLabels(stdout)).toEqual(['poppy'])
})
