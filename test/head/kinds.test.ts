import { describe, expect, test } from '@jest/globals'
import { shiftHeads, splitHeads, type AddedHead } from '../../src/head/added-head.js'
import { bestOf } from '../../src/head/choose-kind.js'
import { headKinds, type HeadKind } from '../../src/head/head-kind.js'
import type { Training, TrainingOptions } from '../../src/head/head-method.js'
import { joinHeads } from '../../src/head/join-heads.js'
import { LinearHead } from '../../src/head/linear/linear-head.js'
import { MlpHead } from '../../src/head/mlp/mlp-head.js'
import type { TrainingSet } from '../../src/head/training-set.js'
import { argMax } from '../../src/math/softmax.js'
import type { TensorProto } from '../../src/onnx/model.js'
import { methodOf } from '../../src/training/trainers.js'
import { graphLogits, plainLogits } from './head-logits.js'
import { featureRows, inGroups, randomSet, soleFeatures, withChanged } from './random-set.js'

// What every kind of head must do.

const options: TrainingOptions = { regularisations: [3e-3, 1e-1], seed: 5 }

/** Clouds that lie far apart: whoever is new is plainly so. */
const apart = randomSet({ classes: 3, dim: 12, images: 10, views: 2, old: 20, separation: 4 })

const trained = new Map<HeadKind, Promise<Training>>()
/** Trained once for all that only looks. */
function training(kind: HeadKind): Promise<Training> {
  const found = trained.get(kind) ?? methodOf('onnxruntime', 'cpu', kind).train(apart, options)
  trained.set(kind, found)
  return found
}

/** The head of the only group. */
async function headOf(of: Training | Promise<Training>): Promise<AddedHead> {
  const { heads } = await of
  expect(heads).toHaveLength(1)
  return heads[0]!
}

/** The answers to rows, by the largest logit: a new class, or −1 for the old ones. */
function answers({ oldLogSumExp, classes }: TrainingSet | Training['heldOut']['rows'], logits: Float32Array): number[] {
  return Array.from(oldLogSumExp, (old, row) => {
    const own = logits.subarray(row * classes, (row + 1) * classes)
    return Math.max(...own) > old ? argMax(own) : -1
  })
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length)
  const largest = Math.max(1, ...expected.map(Math.abs))
  expected.forEach((value, i) => expect(Math.abs(actual[i]! - value)).toBeLessThan(1e-5 * largest))
}

describe.each(headKinds)('a head of the kind %s', (kind) => {
  test('tells clouds apart that lie far apart, also those it has not seen', async () => {
    const { heldOut, converged } = await training(kind)
    const head = await headOf(training(kind))
    expect(head).toMatchObject({ kind, columns: 3 })
    expect(converged).toBe(true)
    expect(answers(apart, await head.score(soleFeatures(apart)))).toEqual([...apart.target])
    expect([...heldOut.rows.image]).toEqual(Array.from({ length: 50 }, (_, image) => image))
    expect(answers(heldOut.rows, heldOut.logits)).toEqual([...heldOut.rows.target])
  })

  test('computes in the graph what its parameters say, as when it scores', async () => {
    const head = await headOf(training(kind))
    const rows = (await featureRows(apart)).slice(0, 30)
    const expected = rows.flatMap((row) => plainLogits(head, row))
    expectClose(await graphLogits(head, rows), expected)
    expectClose((await head.score(soleFeatures(apart))).subarray(0, expected.length), expected)
  })

  test('is cut into columns, shifted and joined again', async () => {
    const head = await headOf(training(kind))
    const by = Float64Array.of(1, -2, 0.5)
    const whole = await head.score(soleFeatures(apart))
    const parts = splitHeads(shiftHeads([head], by), [2, 0, 1])
    expect(parts.map(({ columns }) => columns)).toEqual([2, 0, 1])
    expect(parts.map((one) => one.kind)).toEqual([kind, kind, kind])
    const joined = joinHeads(parts.filter(({ columns }) => columns > 0))
    const scores = await joined.score(soleFeatures(apart))
    expectClose(
      scores,
      Array.from(whole, (score, i) => score + by[i % 3]!),
    )
    expect(await head.score(soleFeatures(apart))).toEqual(whole)
  })

  test('is read back from its nodes, bit for bit, all of whose names bear the prefix', async () => {
    const head = await headOf(training(kind))
    const { initializers, nodes } = head.nodes('there/')
    const find = (name: string): TensorProto => initializers.find((one) => one.name === name)!
    const read: AddedHead = kind === 'mlp' ? MlpHead.read('there/', find) : LinearHead.read('there/', find, kind)
    expect(read).toEqual(head)
    for (const { name } of initializers) expect(name).toMatch(/^there\//)
    for (const { output } of nodes) expect(output[0]).toMatch(/^there\//)
    expect(nodes.at(-1)!.output).toEqual(['there/logits'])
  })

  test('is the same whenever it is trained', async () => {
    const { heads, heldOut } = await training(kind)
    const again = await methodOf('onnxruntime', 'cpu', kind).train(apart, options)
    expect(again.heads).toEqual(heads)
    expect(again.heldOut.logits).toEqual(heldOut.logits)
  })

  test('a merged class may be called old or new', async () => {
    const merged = randomSet({ classes: 2, dim: 12, images: 10, old: 20, separation: 4, merged: true })
    const { heldOut } = await methodOf('onnxruntime', 'cpu', kind).train(merged, options)
    const wrong = answers(heldOut.rows, heldOut.logits).filter((answer, row) => answer !== heldOut.rows.target[row])
    expect(wrong.filter((answer) => answer > 0)).toEqual([])
  })

  test('a class of one image, and more features than images, are no obstacle', async () => {
    const one = randomSet({ classes: 2, dim: 60, images: 1, old: 8, separation: 3 })
    const trainedOnOne = await methodOf('onnxruntime', 'cpu', kind).train(one, options)
    const { heldOut } = trainedOnOne
    const head = await headOf(trainedOnOne)
    expect(heldOut.logits.every(Number.isFinite)).toBe(true)
    expect(answers(one, await head.score(soleFeatures(one))).slice(0, 2)).toEqual([0, 1])
  })

  test('tells its steps and gives curves, whose held-out loss falls, without becoming another head', async () => {
    let steps = 0
    const method = methodOf('onnxruntime', 'cpu', kind)
    const { heads, curves } = await method.train(apart, { ...options, curves: true, onStep: () => steps++ })
    expect(heads).toEqual((await training(kind)).heads)
    expect(steps).toBeGreaterThan(5)
    expect(curves.at(-1)!.images).toBe('all')
    const [first, last] = [curves[0]!.steps[0]!, curves[0]!.steps.at(-1)!]
    expect(last.heldOut!.loss).toBeLessThan(first.heldOut!.loss)
    expect(last.heldOut).toMatchObject({ top1: 1, leak: 0, miss: 0 })
  })

  test('refuses features that are not finite', async () => {
    const set = withChanged(apart, () => NaN)
    await expect(methodOf('onnxruntime', 'cpu', kind).train(set, options)).rejects.toMatchObject({ code: 'BAD_INPUT' })
  })

  test('stops when it is told to', async () => {
    const stopped = { ...options, signal: AbortSignal.abort() }
    await expect(methodOf('onnxruntime', 'cpu', kind).train(apart, stopped)).rejects.toMatchObject({ code: 'ABORTED' })
  })
})

describe('kinds on columns that read different features', () => {
  const other = soleFeatures(randomSet({ classes: 3, dim: 5, images: 10, views: 2, old: 20, separation: 4, seed: 2 }))
  const two = inGroups(apart, [
    { columns: 1, features: soleFeatures(apart) },
    { columns: 2, features: other },
  ])

  test('those that can say so, and train a head for each group', async () => {
    const reading = [...headKinds, 'auto' as const].filter((kind) => methodOf('onnxruntime', 'cpu', kind).readsByColumn)
    expect(reading).toEqual(['softmax', 'svm'])
    for (const kind of reading) {
      const { heads, heldOut } = await methodOf('onnxruntime', 'cpu', kind).train(two, options)
      expect(heads.map((one) => [one.kind, one.columns])).toEqual([
        [kind, 1],
        [kind, 2],
      ])
      expect(answers(heldOut.rows, heldOut.logits)).toEqual([...heldOut.rows.target])
      const scores = await Promise.all(heads.map((head, g) => head.score(two.groups[g]!.features)))
      const joined = two.target.length
      const logits = Float32Array.from({ length: 3 * joined }, (_, i) => {
        const [row, c] = [Math.floor(i / 3), i % 3]
        return c === 0 ? scores[0]![row]! : scores[1]![2 * row + c - 1]!
      })
      expect(answers(two, logits)).toEqual([...two.target])
    }
  })

  test('a perceptron refuses them', async () => {
    await expect(methodOf('onnxruntime', 'cpu', 'mlp').train(two, options)).rejects.toThrow('2 groups of columns')
  })
})

describe('the kind auto', () => {
  test('takes one by their held-out losses, and says what each had', async () => {
    const { heads, triedKinds } = await methodOf('onnxruntime', 'cpu', 'auto').train(apart, options)
    const all = await Promise.all(headKinds.map(training))
    const losses = all.map((one) => one.heldOutLosses())
    const sums = losses.map((one) => one.reduce((sum, loss) => sum + loss, 0))
    expect(triedKinds).toEqual(headKinds.map((kind, i) => ({ kind, loss: sums[i] })))
    expect(heads).toEqual(all[bestOf(losses)]!.heads)
  })

  test('takes a perceptron where no plane tells the classes apart', async () => {
    const training = await methodOf('onnxruntime', 'cpu', 'auto').train(exclusiveOr(), options)
    expect((await headOf(training)).kind).toBe('mlp')
    const lossOf = new Map(training.triedKinds!.map(({ kind, loss }) => [kind, loss]))
    expect(lossOf.get('mlp')!).toBeLessThan(0.5 * lossOf.get('softmax')!)
  })
})

/** Two classes at opposite corners of a square each, and the old images in the middle of it. */
function exclusiveOr(): TrainingSet {
  const set = randomSet({ classes: 2, dim: 4, images: 24, old: 24, separation: 0, seed: 'xor' })
  const corner = (row: number, d: number) => {
    const sign = row % 4 < 2 ? 4 : -4
    const label = set.target[row]!
    return label < 0 || d > 1 ? 0 : d === 1 && label === 1 ? -sign : sign
  }
  return withChanged(set, (value, i, start) => {
    const d = i % 4
    return value + (1 + d) * corner(start + Math.floor(i / 4), d)
  })
}
