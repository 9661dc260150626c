import { describe, expect, test } from '@jest/globals'
import { learningCurveOf } from '../../src/advice/learning-curve.js'
import { selectRows } from '../../src/features/table.js'
import { floatSource } from '../../src/head/feature-source.js'
import { namedLayers, type LayerChoice } from '../../src/head/layer-choice.js'
import { jointSoftmax } from '../../src/head/linear/joint-softmax.js'
import { buildTrainingSet } from '../../src/head/training-set.js'
import type { ProgressEvent } from '../../src/core/progress.js'
import { clouds, oldCloud } from './clouds.js'

const shape = { classes: 3, dim: 24, separation: 0.3, old: -30 }
const rehearsal = oldCloud(24, 40)

describe('the learning curve', () => {
  test('expects the accuracy that a head trained on all images has on fresh ones', async () => {
    const added = clouds({ ...shape, images: 60, seed: 'train' })
    const curve = await learningCurveOf({ added, classes: 3, rehearsal }, { testImages: 3000 })

    const set = buildTrainingSet({ added, classes: 3, rehearsal })
    const { heads } = await jointSoftmax().train(set, { regularisations: [3e-3], seed: 0 })
    const fresh = clouds({ ...shape, images: 1000, seed: 'fresh' })
    const logits = await heads[0]!.score(floatSource(fresh.features))
    const right = Array.from(fresh.label).filter((label, row) => {
      const own = Array.from(logits.subarray(row * 3, row * 3 + 3))
      return own.indexOf(Math.max(...own)) === label
    }).length
    const { top1, low, high } = curve!.expected
    expect(right / 3000).toBeGreaterThan(low)
    expect(right / 3000).toBeLessThan(high)
    expect(high - low).toBeLessThan(0.2)
    const measured = curve!.points.filter(({ forecast }) => !forecast)
    expect(measured).toHaveLength(4)
    expect(measured[0]!.images).toBe(6)
    expect(measured[3]!.images).toBe(48)
    expect(measured[3]!.top1).toBeGreaterThan(measured[0]!.top1)
    expect(top1).toBeGreaterThan(measured[0]!.top1)
  })

  test('counts images that old classes keep as wrong', async () => {
    const added = clouds({ ...shape, images: 20, separation: 3, seed: 'train' })
    // Half of the images of class 0 look to the base model like something it is very sure of.
    const kept = added.oldLogSumExp.map((value, row) => (row < 10 ? 1000 : value))
    const table = { ...added, oldLogSumExp: kept, oldBest: kept }
    const curve = await learningCurveOf({ added: table, classes: 3, rehearsal })
    const last = curve!.points.filter(({ forecast }) => !forecast).at(-1)!
    expect(last.top1).toBeLessThanOrEqual(50 / 60)
    expect(last.top1).toBeGreaterThan(0.7)
    const alone = { ...added, oldLogSumExp: added.oldLogSumExp.fill(-30), oldBest: added.oldBest.fill(-30) }
    const without = await learningCurveOf({ added: alone, classes: 3, rehearsal })
    expect(without!.points.filter(({ forecast }) => !forecast).at(-1)!.top1).toBeGreaterThan(0.95)
  })

  test('is the same for the same seed, uses plain views alone, and reports progress to its end', async () => {
    const events: ProgressEvent[] = []
    const given = { classes: 3, rehearsal }
    const added = clouds({ ...shape, images: 20, seed: 'train' })
    const first = await learningCurveOf({ added, ...given }, { seed: 4, onProgress: (event) => events.push(event) })
    expect(await learningCurveOf({ added, ...given }, { seed: 4 })).toEqual(first)
    expect(await learningCurveOf({ added, ...given }, { seed: 5 })).not.toEqual(first)
    const done = events.map((event) => (event.type === 'progress' ? event.done / event.total : NaN))
    expect(done[0]).toBe(0)
    expect(done.at(-1)).toBe(1)
    expect(done).toEqual([...done].sort((a, b) => a - b))
    const twice = clouds({ ...shape, images: 20, seed: 'train', views: 2 })
    expect((await learningCurveOf({ added: twice, ...given }))!.points.at(-2)!.images).toBe(20)
  })

  test('is that of the layers that the heads read', async () => {
    const added = clouds({ ...shape, images: 20, separation: 0, seed: 'train' })
    const told = clouds({ ...shape, images: 20, separation: 3, seed: 'further' })
    const old = { ...rehearsal, further: oldCloud(24, 40).features }
    const tables = { added: { ...added, further: told.features }, classes: 3, rehearsal: old }
    const layers = [
      { name: 'a', size: 24, cells: 1, byDefault: true },
      { name: 'b', size: 24, cells: 1, byDefault: false },
    ]
    const topOf = async (choice?: LayerChoice) =>
      (await learningCurveOf({ ...tables, choices: [choice, choice, choice] }))!.expected.top1
    expect(await topOf()).toBeLessThan(0.6)
    expect(await topOf(namedLayers(layers, ['b']))).toBeGreaterThan(0.9)
  })

  test('is about the images of files alone, where that is asked for, and trains with the others', async () => {
    const whole = clouds({ ...shape, classes: 4, images: 10, separation: 3, seed: 'train' })
    const isKept = (row: number) => whole.label[row]! >= 2
    // Nothing tells classes 2 and 3 from each other.
    const label = whole.label.map((one, row) => (isKept(row) ? 2 + (row % 2) : one))
    const added = { ...whole, label, file: whole.file.map((_, row) => (isKept(row) ? -1 : row)) }
    const curve = await learningCurveOf({ added, classes: 4, rehearsal }, { ofFiles: true })
    expect(curve!.points.map(({ images }) => images)).toEqual([2, 4, 8, 10, 20])
    expect(curve!.testImages).toBe(5)
    expect(curve!.points[2]!.top1).toBeGreaterThan(0.95)
    const ofAll = await learningCurveOf({ added, classes: 4, rehearsal })
    expect(ofAll!.testImages).toBe(10)
    expect(ofAll!.points[2]!.top1).toBeLessThan(0.85)
    const few = selectRows(added, (row) => isKept(row) || row % 10 < 4)
    expect(await learningCurveOf({ added: few, classes: 4, rehearsal }, { ofFiles: true })).toBeUndefined()
  })

  test('takes more images of many classes, up to a limit', async () => {
    const curveOf = (classes: number) => {
      const added = clouds({ ...shape, dim: 2, classes, images: 5, seed: 'many' })
      return learningCurveOf({ added, classes, rehearsal: undefined }, { signal: AbortSignal.abort() })
    }
    // It would be measured, were it not aborted.
    await expect(curveOf(700)).rejects.toMatchObject({ code: 'ABORTED' })
    expect(await curveOf(1700)).toBeUndefined()
  })

  test('is none for images too few, and ends where it is aborted', async () => {
    const added = clouds({ ...shape, images: 3, seed: 'train' })
    expect(await learningCurveOf({ added, classes: 3, rehearsal })).toBeUndefined()
    const more = clouds({ ...shape, images: 20, seed: 'train' })
    const call = learningCurveOf({ added: more, classes: 3, rehearsal }, { signal: AbortSignal.abort() })
    await expect(call).rejects.toMatchObject({ code: 'ABORTED' })
  })
})
