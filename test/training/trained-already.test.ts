import { expect, test } from '@jest/globals'
import { partsOfSource } from '../../src/head/feature-source.js'
import type { ChosenLayer } from '../../src/head/layer-choice.js'
import { LinearHead } from '../../src/head/linear/linear-head.js'
import { MlpHead } from '../../src/head/mlp/mlp-head.js'
import { pickAnswers } from '../../src/head/training-rows.js'
import { createRandom } from '../../src/math/random.js'
import { frozenHead, layersBeside, trainedAlready } from '../../src/training/trained-already.js'
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
  'softmax',
  ownLayers,
)
const options = { regularisations: [1], seed: 0 }

test('the head gives the mean of the logits of both, and reads the layers of both', async () => {
  const logits = await head.score(partsOfSource(features, ownLayers))
  const frozen = frozenHead({ asTrained: [head], answers: { rows: set, logits } })!
  expect(layersBeside(frozen, { layers: [] })).toEqual(['block', 'bottleneck', 'branch'])
  const { heads, heldOut } = await trainedAlready(branch, frozen).train(
    inGroups(set, [{ columns: classes, features, layers }]),
    options,
  )
  const found = heads[0] as LinearHead
  expect(found.layers).toEqual(layers)
  const own = new LinearHead({ ...branch.head, dim: branchDim, columns: classes })
  const ofBranch = await own.score(partsOfSource(features, layers.slice(-1)))
  const all = await found.score(features)
  ofBranch.forEach((value, i) => expect(all[i]).toBeCloseTo((value + logits[i]!) / 2, 4))

  // A set's images are numbered as its rows.
  const { rows, logits: answers } = heldOut
  expect(rows.image).toHaveLength(9 + 8)
  const expected = pickAnswers(set, all, [...rows.image]).logits
  answers.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4))
})

test('held-out answers of the frozen head are those that it gave without the image', async () => {
  const ofOthers = numbers(set.target.length * classes)
  const frozen = { head, answers: { rows: set, logits: ofOthers } }
  const none = { head: { weight: branch.head.weight.map(() => 0), bias: branch.head.bias.map(() => 0) }, losses: [] }
  const grouped = inGroups(set, [{ columns: classes, features, layers }])
  const { rows, logits } = (await trainedAlready(none, frozen).train(grouped, options)).heldOut
  const expected = pickAnswers(set, ofOthers, [...rows.image]).logits.map((value) => value / 2)
  expect(logits).toEqual(expected)
})

test('without a linear head beside it, half of what the branch says counts', async () => {
  const mlp = new MlpHead({
    dim,
    width: 1,
    columns: classes,
    hiddenWeight: numbers(dim),
    hiddenBias: numbers(1),
    weight: numbers(classes),
    bias: numbers(classes),
  })
  const frozen = frozenHead({ asTrained: [mlp], answers: { rows: set, logits: numbers(set.target.length * classes) } })
  expect(frozen).toBeUndefined()
  expect(layersBeside(frozen, { layers: [] })).toEqual(['branch'])
  const own = partsOfSource(features, layers.slice(-1))
  const grouped = inGroups(set, [{ columns: classes, features: own, layers: layers.slice(-1) }])
  const { heads } = await trainedAlready(branch, frozen).train(grouped, options)
  const ofBranch = await new LinearHead({ ...branch.head, dim: branchDim, columns: classes }).score(own)
  const all = await heads[0]!.score(features)
  ofBranch.forEach((value, i) => expect(all[i]).toBeCloseTo(value / 2, 4))
})

test('without a chosen layer, the frozen head reads the usual ones', () => {
  const usual = new LinearHead({ ...head, layers: undefined } as LinearHead)
  const frozen = { head: usual, answers: { rows: set, logits: numbers(1) } }
  const backbone = { layers: layers.map(({ name }, i) => ({ name, size: 2, cells: 1, byDefault: i < 2 })) }
  expect(layersBeside(frozen, backbone)).toEqual(['block', 'bottleneck', 'branch'])
})
