import { describe, expect, test } from '@jest/globals'
import type { CrossValidationOptions } from '../../../src/head/linear/cross-validate.js'
import type { Fit, FitOptions } from '../../../src/head/linear/fit.js'
import { denseSource } from '../../../src/head/feature-source.js'
import { joinHeads } from '../../../src/head/join-heads.js'
import type { ChosenLayer } from '../../../src/head/layer-choice.js'
import { assignFolds } from '../../../src/head/folds.js'
import { headsAt, onRawFeatures } from '../../../src/head/linear/head-at.js'
import { bestScaledLoss } from '../../../src/head/held-out-loss.js'
import { ortBackend } from '../../../src/head/linear/ort-backend.js'
import { pickTrainingRows } from '../../../src/head/training-rows.js'
import { rowWeights } from '../../../src/head/row-weights.js'
import { scoreRows } from '../../../src/head/linear/score.js'
import { train } from '../../../src/head/linear/train.js'
import type { LinearWeights, TrainingBackend } from '../../../src/head/linear/types.js'
import { argMax } from '../../../src/math/softmax.js'
import { fitSet } from '../../support/fit-set.js'
import { bottomless } from '../../support/bottomless.js'
import { featureRows, inGroups, randomSet, soleFeatures, withChanged, type RandomSet } from '../random-set.js'
import type { TrainingSet } from '../../../src/head/training-set.js'

const options: CrossValidationOptions = { regularisations: [1e-2], seed: 3 }

const backend = ortBackend()
const shape = { images: 15, old: 20, merged: true }

async function fitAlone(
  set: TrainingSet,
  { regularisation, included }: { readonly regularisation: number; readonly included?: (row: number) => boolean },
  limits: FitOptions = {},
): Promise<{ readonly fit: Fit; readonly heads: readonly LinearWeights[] }> {
  const problem = { rowWeight: rowWeights(set, included), regularisation }
  const { fits, standardised } = await fitSet(set, [problem], backend.open, limits)
  const fit = fits[0]!
  const { groups } = standardised
  return { fit, heads: headsAt(fit.point, groups).map((head, g) => onRawFeatures(head, groups[g]!.standardisation)) }
}

/** The logits of a row, by the heads of a set's groups, side by side. */
async function logitsOf({ groups }: TrainingSet, heads: readonly LinearWeights[], row: number): Promise<number[]> {
  const all: number[] = []
  for (const [g, head] of heads.entries()) {
    const scores = await scoreRows(groups[g]!.features, [head])
    all.push(...scores.subarray(row * head.columns, (row + 1) * head.columns))
  }
  return all
}

/** A set of two classes, the second of which reads other features. */
function apart(shape: Omit<RandomSet, 'classes'>, dim: number, layers?: readonly ChosenLayer[]): TrainingSet {
  const set = randomSet({ classes: 2, ...shape })
  const other = soleFeatures(randomSet({ classes: 2, ...shape, dim, seed: 'other' }))
  return inGroups(set, [
    { columns: 1, features: soleFeatures(set) },
    { columns: 1, features: other, ...(layers ? { layers } : {}) },
  ])
}

describe('train', () => {
  test('holds out one row for each image, its plain view', async () => {
    const set = randomSet({ classes: 2, dim: 3, images: 10, views: 3, old: 12 })
    const { heldOut } = await train(set, backend, options)
    const plain = Array.from({ length: 32 }, (_, image) => 3 * image)
    expect(heldOut.logits).toHaveLength(32 * 2)
    expect(heldOut.rows).toEqual(pickTrainingRows(set, plain))
  })

  test.each([
    ['features as they are', () => randomSet({ ...shape, classes: 2, dim: 3 })],
    ['fewer rows than features', () => randomSet({ ...shape, classes: 2, dim: 120 })],
    ['columns that read different features', () => apart({ ...shape, dim: 3 }, 5)],
    ['columns that read different features, many and few', () => apart({ ...shape, dim: 120 }, 5)],
  ])(
    "held-out logits are the mean of heads fitted without the image's fold, over five dealings: %s",
    async (_, drawn) => {
      const set = drawn()
      // Held back this far, logits are sharper than the rounding of a loss in float32.
      const regularisation = 1e-1
      const { heldOut } = await train(set, backend, {
        ...options,
        regularisations: [regularisation],
        precision: 1e-9,
      })
      const row = 7
      const expected = [0, 0]
      for (let dealing = 0; dealing < 5; dealing++) {
        const fold = assignFolds(set, 5, options.seed, dealing)
        const included = (other: number) => fold[other] !== fold[row]
        const { heads } = await fitAlone(set, { regularisation, included }, { precision: 1e-9 })
        const scores = await logitsOf(set, heads, row)
        for (const c of [0, 1]) expected[c]! += scores[c]! / 5
      }
      for (const c of [0, 1]) expect(heldOut.logits[2 * row + c]).toBeCloseTo(expected[c]!, 2)
    },
  )

  test('nothing learnt by heart shows in held-out logits', async () => {
    // More features than images and nothing to be learnt: a head can only memorise.
    const set = randomSet({ classes: 2, dim: 160, images: 40, views: 2, old: 10, separation: 0 })
    const { heads, heldOut } = await train(set, backend, { ...options, regularisations: [1e-3] })
    const seen = await scoreRows(soleFeatures(set), heads)
    const right = (logits: Float32Array, views: number) =>
      Array.from(heldOut.rows.target).filter((label, i) => label >= 0 && argMax(logits, 2 * views * i, 2) === label)
        .length / 80
    expect(right(seen, 2)).toBe(1)
    expect(right(heldOut.logits, 1)).toBeLessThan(0.7)
  })

  test('chooses the ρ with the least held-out loss', async () => {
    const set = randomSet({ classes: 2, dim: 4, images: 25, old: 30, separation: 3 })
    // Held back a millionfold a head learns nothing but how many images there are.
    const regularisations = [1e6, 1e-2, 1]
    const losses: number[] = []
    for (const one of regularisations) {
      const { rows, logits } = (await train(set, backend, { ...options, regularisations: [one] })).heldOut
      losses.push(bestScaledLoss(rows, logits, rowWeights(rows)))
    }
    const least = Math.min(...losses)
    expect(losses[0]).toBeGreaterThan(2 * least)
    const { regularisation, heldOut } = await train(set, backend, { ...options, regularisations })
    expect(regularisation).toBe(regularisations[losses.indexOf(least)])
    expect(bestScaledLoss(heldOut.rows, heldOut.logits, rowWeights(heldOut.rows))).toBeCloseTo(least, 4)
  })

  test('with many classes, all folds are held out, some at a time, and the first ρ is taken', async () => {
    const set = randomSet({ classes: 40, dim: 4, images: 5, old: 50 })
    const { regularisation, heldOut } = await train(set, backend, { ...options, regularisations: [1e6, 1e-2] })
    expect(regularisation).toBe(1e6)
    expect(heldOut.rows.image).toHaveLength(40 * 5 + 50)
  })

  test.each([3, 160])('refuses features that are not finite, also in fewer coordinates: %d features', async (dim) => {
    const set = randomSet({ classes: 2, dim, images: 15, old: 20 })
    const broken = withChanged(set, (f, i, start) => (start * dim + i === 5 * dim + 1 ? NaN : f))
    await expect(train(broken, backend, options)).rejects.toMatchObject({ code: 'BAD_INPUT' })
  })

  test('tells that a fit did not come to its end', async () => {
    const set = randomSet({ classes: 1, dim: 2, images: 10, old: 10 })
    expect((await train(set, backend, options)).converged).toBe(true)
    expect((await train(set, bottomless, options)).converged).toBe(false)
  })

  test.each([3, 200])(
    'the head it returns is fitted to everything, also in fewer coordinates: %d features',
    async (dim) => {
      const set = randomSet({ classes: 2, dim, images: 15, views: 2, old: 20 })
      const { fit, heads } = await train(set, backend, { ...options, precision: 1e-9 })
      const alone = await fitAlone(set, { regularisation: 1e-2 }, { precision: 1e-9 })
      expect(fit.loss / alone.fit.loss).toBeCloseTo(1, 4)
      expect(heads).toHaveLength(1)
      expect([fit.point.length, heads[0]!.dim]).toEqual([2 * (dim + 1), dim])
      const [scores, expected] = await Promise.all(
        [heads, alone.heads].map((some) => scoreRows(soleFeatures(set), some)),
      )
      scores!.forEach((score, i) => expect(Math.abs(score - expected![i]!)).toBeLessThan(0.02))
      heads[0]!.bias.forEach((value, c) => expect(value).toBeCloseTo(alone.heads[0]!.bias[c]!, 1))
    },
  )

  test('gives a head for each group, which knows its layers, and logits in the order of the columns', async () => {
    const layers = [{ name: 'middle', tensor: 'nplusk/further0', start: 3, end: 8, scale: 1 }]
    const set = apart({ dim: 3, images: 15, views: 2, old: 20, separation: 4 }, 5, layers)
    const { fit, heads, heldOut } = await train(set, backend, { ...options, precision: 1e-9 })
    expect(heads.map(({ kind, dim, columns, layers }) => ({ kind, dim, columns, layers }))).toEqual([
      { kind: 'softmax', dim: 3, columns: 1, layers: undefined },
      { kind: 'softmax', dim: 5, columns: 1, layers },
    ])
    const alone = await fitAlone(set, { regularisation: 1e-2 }, { precision: 1e-9 })
    expect(fit.loss / alone.fit.loss).toBeCloseTo(1, 4)
    for (const [g, { bias }] of heads.entries()) expect(bias[0]).toBeCloseTo(alone.heads[g]!.bias[0]!, 1)

    const { rows, logits } = heldOut
    rows.target.forEach((label, i) => {
      if (label >= 0) expect(argMax(logits, 2 * i, 2)).toBe(label)
    })
    // A head reads its layers out of those of all, and scores images as the held-out ones are scored.
    const [own, other] = [await featureRows(set, 0), await featureRows(set, 1)]
    const whole = denseSource(Float32Array.from(own.flatMap((row, i) => [...row, ...other[i]!])), 8)
    const seen = await joinHeads(heads).score(whole)
    set.target.forEach((label, row) => {
      if (label >= 0) expect(argMax(seen, 2 * row, 2)).toBe(label)
    })
  })

  test('closes everything that it opens, also after a failure', async () => {
    const set = randomSet({ classes: 1, dim: 2, images: 10, old: 10 })
    let opened = 0
    let closed = 0
    const counting: TrainingBackend = {
      ...backend,
      async open(...what) {
        const evaluator = await backend.open(...what)
        opened++
        return {
          ...evaluator,
          [Symbol.asyncDispose]: () => {
            closed++
            return evaluator[Symbol.asyncDispose]()
          },
        }
      },
    }
    await train(set, counting, options)
    expect(opened).toBe(2)
    expect(closed).toBe(2)
    await expect(train(set, counting, { ...options, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    })
    expect(opened).toBe(3)
    expect(closed).toBe(3)
  })
})
