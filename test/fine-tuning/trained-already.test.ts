import { expect, test } from '@jest/globals'
import type { AddedHead } from '../../src/head/added-head.js'
import { partsOfSource } from '../../src/head/feature-source.js'
import type { ChosenLayer } from '../../src/head/layer-choice.js'
import { LinearHead } from '../../src/head/linear/linear-head.js'
import { MlpHead } from '../../src/head/mlp/mlp-head.js'
import { pickAnswers } from '../../src/head/training-rows.js'
import { createRandom } from '../../src/math/random.js'
import { answersTo, layersBeside, trainedAlready, type FrozenFit } from '../../src/fine-tuning/trained-already.js'
import { inGroups, randomSet, soleFeatures } from '../head/random-set.js'

const [classes, dim, branchDim] = [3, 5, 4]
const set = randomSet({ classes, dim: dim + branchDim, images: 30, old: 40 })
const features = soleFeatures(set)
const layer = (name: string, start: number, end: number): ChosenLayer => ({ name, tensor: name, start, end, scale: 1 })
const layers = [layer('block', 0, 2), layer('bottleneck', 2, dim), layer('branch', dim, dim + branchDim)]
const random = createRandom('heads')
const numbers = (length: number) => Float32Array.from({ length }, () => 0.3 * random.normal())

const branch = { head: { weight: numbers(branchDim * classes), bias: numbers(classes) }, losses: [] }
const ownLayers = layers.slice(0, 2)
const head = new LinearHead(
  { dim, columns: classes, weight: numbers(dim * classes), bias: numbers(classes) },
  'svm',
  ownLayers,
)
const options = { regularisations: [1], seed: 0 }

/** A frozen fit, its answers in another order than the set's rows. */
function fitOf(frozen: AddedHead, logits: Float32Array, images = [...set.target.keys()]): FrozenFit {
  const shuffled = createRandom('order').shuffle([...images])
  return { asTrained: [frozen], answers: pickAnswers(set, logits, shuffled), triedKinds }
}

const triedKinds = [{ kind: 'softmax', loss: 0.5 }] as const

// A set's images are numbered as its rows.
const inOneGroup = inGroups(set, [{ columns: classes, features, layers }])
const branchLogits = () =>
  new LinearHead({ ...branch.head, dim: branchDim, columns: classes }).score(partsOfSource(features, layers.slice(-1)))

test('the head gives the mean of the logits of both, and reads the layers of both', async () => {
  const logits = await head.score(partsOfSource(features, ownLayers))
  const frozen = fitOf(head, logits)
  expect(layersBeside(frozen, { layers: [] })).toEqual(['block', 'bottleneck', 'branch'])
  const { heads, heldOut, triedKinds: tried } = await trainedAlready(branch, frozen).train(inOneGroup, options)
  const found = heads[0] as LinearHead
  expect(found.layers).toEqual(layers)
  expect(found.kind).toBe('svm')
  expect(tried).toBe(triedKinds)
  const all = await found.score(features)
  ;(await branchLogits()).forEach((value, i) => expect(all[i]).toBeCloseTo((value + logits[i]!) / 2, 4))

  const { rows, logits: answers } = heldOut
  expect(rows.image).toHaveLength(9 + 8)
  const expected = pickAnswers(set, all, [...rows.image]).logits
  answers.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4))
})

test('held-out answers of the frozen head are those that it gave without the image', async () => {
  const ofOthers = numbers(set.target.length * classes)
  const none = { head: { weight: branch.head.weight.map(() => 0), bias: branch.head.bias.map(() => 0) }, losses: [] }
  const { rows, logits } = (await trainedAlready(none, fitOf(head, ofOthers)).train(inOneGroup, options)).heldOut
  const expected = pickAnswers(set, ofOthers, [...rows.image]).logits.map((value) => value / 2)
  expect(logits).toEqual(expected)
})

test('images that the frozen head was not judged by are not judged', async () => {
  const logits = numbers(set.target.length * classes)
  const { heldOut: all } = await trainedAlready(branch, fitOf(head, logits)).train(inOneGroup, options)
  const [missing] = all.rows.image
  const others = [...set.target.keys()].filter((image) => image !== missing)
  const { heldOut } = await trainedAlready(branch, fitOf(head, logits, others)).train(inOneGroup, options)
  expect([...heldOut.rows.image]).toEqual([...all.rows.image].slice(1))
  expect(heldOut.logits).toEqual(all.logits.slice(classes))
  expect(() => answersTo(all.rows, heldOut)).toThrow(`no answer to image ${missing}`)
})

test('beside a perceptron, half of what the branch says counts alone', async () => {
  const mlp = new MlpHead({
    dim,
    width: 1,
    columns: classes,
    hiddenWeight: numbers(dim),
    hiddenBias: numbers(1),
    weight: numbers(classes),
    bias: numbers(classes),
  })
  const frozen = fitOf(mlp, numbers(set.target.length * classes))
  expect(layersBeside(frozen, { layers: [] })).toEqual(['branch'])
  const own = partsOfSource(features, layers.slice(-1))
  const grouped = inGroups(set, [{ columns: classes, features: own, layers: layers.slice(-1) }])
  const { heads, triedKinds: tried } = await trainedAlready(branch, frozen).train(grouped, options)
  const all = await heads[0]!.score(features)
  ;(await branchLogits()).forEach((value, i) => expect(all[i]).toBeCloseTo(value / 2, 4))
  expect(heads[0]!.kind).toBe('softmax')
  expect(tried).toEqual([])
})

test('without a choice of layers, the frozen head reads the usual ones', () => {
  const usual = new LinearHead({ ...head } as LinearHead)
  const backbone = { layers: layers.map(({ name }, i) => ({ name, size: 2, cells: 1, byDefault: i < 2 })) }
  const frozen = fitOf(usual, numbers(set.target.length * classes))
  expect(layersBeside(frozen, backbone)).toEqual(['block', 'bottleneck', 'branch'])
})
