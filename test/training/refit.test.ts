import { describe, expect, test } from '@jest/globals'
import { joinTables, type FeatureTable } from '../../src/features/table.js'
import type { AddedClass } from '../../src/bundle/manifest.js'
import { logSumExp } from '../../src/math/softmax.js'
import type { ProgressEvent } from '../../src/core/progress.js'
import type { AddedHead } from '../../src/head/added-head.js'
import type { HeadMethod, Training } from '../../src/head/head-method.js'
import { jointSoftmax } from '../../src/head/linear/joint-softmax.js'
import type { LinearHead } from '../../src/head/linear/linear-head.js'
import type { IncrementFeatures } from '../../src/bundle/parts.js'
import { keptOldImages } from '../../src/rehearsal/kept-old-images.js'
import { madeUpOldImages } from '../../src/rehearsal/made-up-old-images.js'
import { pseudoRehearsal } from '../../src/rehearsal/pseudo-rehearsal.js'
import { refit, type RefitOptions } from '../../src/training/refit.js'
import { bottomless } from '../support/bottomless.js'
import { answersOf, base, baseClasses, dim, imagesOf, baseHead, taps } from '../support/tiny-world.js'

/** An increment's classes, one for every base class or `undefined`. */
function incrementOf(
  name: string,
  table: FeatureTable,
  mergedInto: readonly (number | undefined)[],
): IncrementFeatures {
  const classes = mergedInto.map((mergedTo, i): AddedClass => {
    const label = base[mergedTo ?? -1]?.label ?? `${name} ${i}`
    return { folder: label, label, images: 20, ...(mergedTo === undefined ? {} : { mergedInto: mergedTo }) }
  })
  return { increment: { name, classes }, table }
}

const none = undefined
const flowers = incrementOf('flowers', imagesOf({ directions: [3, 4], seed: 'flowers' }), [none, none])
const birds = incrementOf('birds', imagesOf({ directions: [5], seed: 'birds' }), [none])
const rehearsal = imagesOf({ directions: [0, 1, 2], seed: 'old' })
const oldImages = keptOldImages(rehearsal)
const evenly: RefitOptions = { seed: 1, prior: 0.5, base }

/** Share of fresh images of the given directions that get the columns they should. */
function accuracy(heads: readonly AddedHead[], directions: readonly number[], columns: readonly number[]): number {
  const table = imagesOf({ directions, images: 50, seed: 'fresh' })
  const answers = answersOf(table, linear(heads))
  return answers.filter((answer, row) => answer === columns[table.label[row]!]).length / answers.length
}

/** The kind that refit trains where nothing else is asked for. */
const linear = (heads: readonly AddedHead[]) => heads as readonly LinearHead[]

describe('refit', () => {
  test('trains one head for every increment, all together, beside the old head', async () => {
    const { heads, heldOut, madeUpLeak, shifts, confidenceQuantiles } = await refit([flowers, birds], oldImages, evenly)
    expect(linear(heads).map((head) => [head.dim, head.columns])).toEqual([
      [dim, 2],
      [dim, 1],
    ])
    expect(accuracy(heads, [0, 1, 2], [0, 1, 2])).toBeGreaterThan(0.95)
    expect(accuracy(heads, [3, 4, 5], [3, 4, 5])).toBeGreaterThan(0.95)
    expect([heldOut.old!.count, heldOut.new.count]).toEqual([60, 60])
    expect(heldOut.new.top1).toBeGreaterThan(0.95)
    expect(madeUpLeak).toBeUndefined()
    expect(shifts.map(Number.isFinite)).toEqual([true, true])
    expect(confidenceQuantiles).toHaveLength(201)
    expect([...confidenceQuantiles].sort((a, b) => a - b)).toEqual(confidenceQuantiles)
  })

  test('raises a class of few images above one of many, and its held-out images with it', async () => {
    const many = imagesOf({ directions: [3], images: 60, noise: 1.5, seed: 'many' })
    const few = imagesOf({ directions: [4], images: 5, noise: 1.5, seed: 'few' })
    const table = joinTables([many, { ...few, label: few.label.map(() => 1) }])
    const uneven = incrementOf('uneven', table, [none, none])
    let training: Training | undefined
    const method: HeadMethod = {
      ...jointSoftmax(),
      train: async (set, options) => (training = await jointSoftmax().train(set, options)),
    }
    const { heads, records } = await refit([uneven], oldImages, { ...evenly, method })
    const before = (training!.heads[0] as LinearHead).bias
    const raised = [0, 1].map((column) => linear(heads)[0]!.bias[column]! - before[column]!)
    expect(raised[1]! - raised[0]!).toBeGreaterThan(2)

    const { rows, logits } = training!.heldOut
    const probabilities = Array.from(rows.target, (target, row) => {
      const [first, second] = raised.map((by, column) => logits[row * 2 + column]! + by) as [number, number]
      return Math.exp((target === 0 ? first : second) - logSumExp([rows.oldLogSumExp[row]!, first, second]))
    })
    records.forEach(({ source, truthProbability }, row) => {
      if (source === 'added') expect(truthProbability).toBeCloseTo(probabilities[row]!, 4)
    })
  })

  test('tells of its steps, from 0 to all of them', async () => {
    const events: ProgressEvent[] = []
    await refit([birds], oldImages, { ...evenly, onProgress: (event) => events.push(event) })
    const done = events.map((event) => (event.type === 'progress' && event.stage === 'train' ? event.done : NaN))
    expect([done[0], done.at(-1)]).toEqual([0, 150])
    expect([...done].sort((a, b) => a - b)).toEqual(done)
  })

  test('warns where training did not come to its end', async () => {
    const warnings: string[] = []
    const onProgress = (event: ProgressEvent) => event.type === 'warning' && warnings.push(event.code)
    await refit([birds], oldImages, { ...evenly, onProgress })
    expect(warnings).toEqual([])
    await refit([birds], oldImages, { ...evenly, method: jointSoftmax(bottomless), onProgress })
    expect(warnings).toEqual(['NOT_CONVERGED'])
  })

  test('stops when asked to', async () => {
    await expect(refit([birds], oldImages, { ...evenly, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    })
  })
})

describe('a class that grew', () => {
  const rose: AddedClass = { folder: 'flowers 0', label: 'flowers 0', images: 20 }
  const more = {
    increment: { name: 'more', classes: [rose] },
    table: imagesOf({ directions: [6], seed: 'more' }),
  }

  test('has one column, trained on the pictures of all increments; an increment of nothing else has no head', async () => {
    const { heads } = await refit([flowers, more, birds], oldImages, evenly)
    expect(heads.map(({ columns }) => columns)).toEqual([2, 0, 1])
    // Directions 3 and 6 are the same class now.
    expect(accuracy(heads, [3, 4, 5, 6], [3, 4, 5, 3])).toBeGreaterThan(0.95)
    expect(accuracy(heads, [0, 1, 2], [0, 1, 2])).toBeGreaterThan(0.95)
  })

  test('stays as it is beside a new one where it is frozen', async () => {
    const { heads: earlier } = await refit([flowers, more], oldImages, evenly)
    const { heads } = await refit([flowers, more, birds], oldImages, { ...evenly, frozen: earlier })
    expect(heads.slice(0, 2)).toEqual(earlier)
    expect(accuracy(heads, [3, 4, 5, 6], [3, 4, 5, 3])).toBeGreaterThan(0.95)
  })

  test('merged into an old class by two increments, it is one column as well', async () => {
    const daisies = (name: string, direction: number) => ({
      increment: { name, classes: [{ folder: name, label: 'daisy', mergedInto: 1, images: 20 }] },
      table: imagesOf({ directions: [direction], mergedInto: [1], seed: name }),
    })
    const { heads } = await refit([daisies('first', 6), daisies('second', 7)], oldImages, evenly)
    expect(heads.map(({ columns }) => columns)).toEqual([1, 0])
    expect(accuracy(heads, [6, 7], [3, 3])).toBeGreaterThan(0.95)
  })
})

describe('calibration', () => {
  // Little but noise tells these apart.
  const hard = incrementOf('hard', imagesOf({ directions: [3], noise: 1.5, images: 60, seed: 'hard' }), [none])
  const hardOld = keptOldImages(imagesOf({ directions: [0, 1, 2], noise: 1.5, seed: 'hard, old' }))

  test('a larger prior moves the added logits up, and nothing else', async () => {
    const [even, likely] = await Promise.all([0.5, 0.8].map((prior) => refit([hard], hardOld, { ...evenly, prior })))
    const up = likely!.shifts[0]! - even!.shifts[0]!
    expect(up).toBeGreaterThan(0.5)
    expect(linear(likely!.heads)[0]!.bias[0]).toBeCloseTo(linear(even!.heads)[0]!.bias[0]! + up, 4)
    expect(linear(likely!.heads)[0]!.weight).toEqual(linear(even!.heads)[0]!.weight)
    expect(likely!.heldOut.leak).toBeGreaterThan(even!.heldOut.leak!)
  })

  test('the guard keeps the loss of old accuracy within what is allowed, and silences nothing', async () => {
    const free = await refit([hard], hardOld, evenly)
    const loss = ({ heldOut: { old } }: typeof free) => old!.top1Before - old!.top1After
    expect(loss(free)).toBeGreaterThan(0.04)
    const guarded = await refit([hard], hardOld, { ...evenly, maxOldDrop: 0.04 })
    expect(loss(guarded)).toBeLessThanOrEqual(0.04 + 1e-9)
    expect(loss(guarded)).toBeGreaterThan(0)
    expect(guarded.shifts[0]).toBeLessThan(free.shifts[0]!)
  })
})

describe('frozen heads', () => {
  test('come back bit for bit, and a new one is trained to compete with them', async () => {
    const { heads: earlier } = await refit([flowers], oldImages, evenly)
    const before = structuredClone(linear(earlier).map(({ weight, bias }) => ({ weight, bias })))
    const { heads, heldOut } = await refit([flowers, birds], oldImages, { ...evenly, frozen: earlier })
    expect(heads).toHaveLength(2)
    expect(heads[0]).toMatchObject(before[0]!)
    expect(heads[1]!.columns).toBe(1)
    // The frozen increment's images are rehearsed as old ones.
    expect([heldOut.old!.count, heldOut.new.count]).toEqual([rehearsal.count + flowers.table.count, birds.table.count])
    expect(accuracy(heads, [0, 1, 2, 3, 4], [0, 1, 2, 3, 4])).toBeGreaterThan(0.95)
    expect(accuracy(heads, [5], [5])).toBeGreaterThan(0.95)
  })
})

describe('without old images', () => {
  test('they are made up from the old head, which knows the bottleneck alone: other features are left out', async () => {
    const { heads, heldOut, madeUpLeak, regularisation } = await refit(
      [flowers, birds],
      madeUpOldImages(baseHead, 1),
      evenly,
    )
    for (const { weight, columns } of linear(heads)) {
      expect(new Set(weight.subarray(0, taps * columns))).toEqual(new Set([0]))
      expect(weight.subarray(taps * columns).every((value) => value !== 0)).toBe(true)
    }
    expect([heldOut.old, heldOut.leak]).toEqual([null, null])
    expect(heldOut.new.count).toBe(60)
    expect(madeUpLeak).toBeGreaterThanOrEqual(0)
    expect(madeUpLeak).toBeLessThan(0.2)
    expect(regularisation).toBe(0.1)
    expect(accuracy(heads, [0, 1, 2], [0, 1, 2])).toBeGreaterThan(0.9)
    expect(accuracy(heads, [3, 4, 5], [3, 4, 5])).toBeGreaterThan(0.9)
  })
})

describe('frozen heads beside made-up old images', () => {
  test('read all their features, and leave made-up images as the old head sees them', async () => {
    const { heads: frozen } = await refit([flowers], oldImages, evenly)
    // Heads that were trained with real old images read more than the bottleneck.
    const [{ weight, columns }] = linear(frozen) as [ReturnType<typeof linear>[0]]
    expect(weight.subarray(0, taps * columns).some((value) => value !== 0)).toBe(true)
    const madeUp = madeUpOldImages(baseHead, 1)
    const { heads, heldOut, trainedOn } = await refit([flowers, birds], madeUp, { ...evenly, frozen })
    expect(heads[0]).toBe(frozen[0])
    expect(heldOut.new.count).toBe(birds.table.count)
    expect(accuracy(heads, [0, 1, 2], [0, 1, 2])).toBeGreaterThan(0.9)
    expect(accuracy(heads, [3, 4], [3, 4])).toBeGreaterThan(0.9)
    expect(accuracy(heads, [5], [5])).toBeGreaterThan(0.8)

    const old = trainedOn.rehearsal!
    const made = pseudoRehearsal(joinTables([flowers.table, birds.table]), baseHead, 1).count
    expect(old.count).toBe(made + flowers.table.count)
    // The flowers count as old images, which the frozen head knows as they were before training was restricted.
    const knownAs = Array.from({ length: flowers.table.count }, (_, row) => old.oldClass[made + row]! - baseClasses)
    expect(knownAs).toEqual([...flowers.table.label])
    expect(Math.max(...old.oldClass.slice(0, made))).toBeLessThan(baseClasses)
  })
})

describe('merged classes', () => {
  // What the base model knows of old class 1 is direction 1; here it is shown from another side.
  const merged = imagesOf({ directions: [6, 3], mergedInto: [1, undefined], seed: 'merged' })
  const increment = incrementOf('merged', merged, [1, undefined])

  test('old images of a merged class are no counter-examples, and its new ones are old ones that are right with it', async () => {
    const { heads, heldOut } = await refit([increment], oldImages, evenly)
    expect([heldOut.old!.count, heldOut.new.count]).toEqual([40 + 20, 20])
    expect(heldOut.old!.top1After).toBeGreaterThan(0.95)
    expect(heldOut.new.top1).toBeGreaterThan(0.95)
    // The base model calls the merged class something else.
    expect(heldOut.old!.top1Before).toBeLessThan(0.8)
    expect(heldOut.perClass.map(({ label, count }) => [label, count])).toEqual([
      ['old 1', 20],
      ['merged 1', 20],
    ])
    // Column 3 is merged into class 1, column 4 is a class of its own.
    expect(accuracy(heads, [6, 3], [3, 4])).toBeGreaterThan(0.95)
    expect(accuracy(heads, [0, 2], [0, 2])).toBeGreaterThan(0.95)
  })

  test('frozen, they answer for their old class', async () => {
    const { heads: earlier } = await refit([increment], oldImages, evenly)
    const { heads, heldOut } = await refit([increment, birds], oldImages, { ...evenly, frozen: earlier })
    expect(heads[0]).toEqual(earlier[0])
    expect(heldOut.old!.count).toBe(rehearsal.count + merged.count)
    expect(heldOut.old!.top1Before).toBeGreaterThan(0.95)
    expect(accuracy(heads, [5], [5])).toBeGreaterThan(0.95)
  })
})
