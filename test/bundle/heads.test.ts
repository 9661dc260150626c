import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Bundle, openBundle, type OpenBundle } from '../../src/bundle/bundle.js'
import { addedHeads, decodeBundled } from '../../src/bundle/heads.js'
import { contentName, manifestKey, modelFile } from '../../src/bundle/layout.js'
import { addedCount, type Manifest } from '../../src/bundle/manifest.js'
import { writeBundle, type Content } from '../../src/bundle/write.js'
import { tableChunks } from '../../src/bundle/table-file.js'
import { memoryRows } from '../../src/features/feature-rows.js'
import type { AddedHead } from '../../src/head/added-head.js'
import { LinearHead } from '../../src/head/linear/linear-head.js'
import { createRandom } from '../../src/math/random.js'
import { mergeHeads } from '../../src/merge/merge-heads.js'
import { tensorNames } from '../../src/backbone/prepare.js'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { encodeModel, type LoadedModel } from '../../src/onnx/model.js'
import { DataType, floatTensor } from '../../src/onnx/tensor.js'
import { tinyManifest } from './tiny-bundle.js'
import { hashOf } from '../../src/core/hash-of.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { plainTable } from '../support/plain-table.js'
import { imagesOf } from '../support/tiny-world.js'

const dim = 12
const folder = temporaryFolder()
const place = () => join(folder(), 'bundle')

function tinyBackbone(): LoadedModel {
  return graphModel({
    name: 'tiny-backbone',
    opset: 17,
    inputs: [valueInfo(tensorNames.image, DataType.UINT8, ['batch', 2, 2, 3])],
    outputs: [
      valueInfo(tensorNames.baseLogits, DataType.FLOAT, ['batch', 2]),
      valueInfo(tensorNames.features, DataType.FLOAT, ['batch', dim]),
    ],
    nodes: [
      node('Cast', [tensorNames.image], 'pixels', { to: DataType.FLOAT }),
      node('Flatten', ['pixels'], tensorNames.features, { axis: 1 }),
      node('MatMul', [tensorNames.features, 'kernel'], tensorNames.baseLogits),
    ],
    initializers: [floatTensor('kernel', [dim, 2], new Float32Array(2 * dim).fill(0.5))],
  })
}

function randomHead(columns: number): LinearHead {
  const random = createRandom(`kept:${columns}`)
  return new LinearHead({
    dim,
    columns,
    weight: Float32Array.from({ length: dim * columns }, () => random.normal()),
    bias: Float32Array.from({ length: columns }, () => random.normal()),
  })
}

const heads = [randomHead(2), randomHead(3), randomHead(1)]
const tables = heads.map(({ columns }, i) => {
  const table = imagesOf({ directions: Array.from({ length: columns }, (_, c) => 3 + c), images: 2, seed: i })
  const halves = Uint16Array.from({ length: dim * table.count }, (_, place) => i + place)
  return { ...table, dim, features: memoryRows(halves, dim) }
})

/** A bundle with one increment for each head; the first class of the second is merged into `dog`. */
async function writeTiny(): Promise<OpenBundle> {
  const files = new Map<string, Content>()
  const keep = (kind: string, content: Content) => {
    const name = contentName(kind, content())
    files.set(name, content)
    return name
  }
  const mergedInto = heads.map(({ columns }, i) =>
    Array.from({ length: columns }, (_, c) => (i === 1 && c === 0 ? 1 : undefined)),
  )
  const manifest = tinyManifest({
    backbone: {
      file: keep('backbone.onnx', () => [encodeModel(tinyBackbone())]),
      sha256: hashOf(encodeModel(tinyBackbone())),
      dim,
    },
    increments: tables.map((table, i) => ({
      name: `increment ${i}`,
      classes: mergedInto[i]!.map((base, c) => ({
        folder: `${i}.${c}`,
        label: base === undefined ? `${i}.${c}` : 'dog',
        images: 2,
        ...(base === undefined ? {} : { mergedInto: base }),
      })),
      features: keep('features.safetensors', () => tableChunks(table)),
    })),
  })
  const parts = heads.map((head, i) => ({ head, mergedInto: mergedInto[i]! }))
  const model = encodeModel(mergeHeads(tinyBackbone(), parts, { [manifestKey]: JSON.stringify(manifest) }))
  await writeBundle(place(), { manifest, model, files, verify: () => Promise.resolve(), note: { kind: 'add' } })
  return openBundle(place())
}

let bundle: OpenBundle
let model: LoadedModel
beforeEach(async () => {
  bundle = await writeTiny()
  model = decodeBundled(bundle, await bundle.model())
})
afterEach(() => bundle[Symbol.asyncDispose]())

/** The heads of a bundle that says something else of its increments. */
function headsWith(change: (increments: Manifest['increments']) => Manifest['increments']): AddedHead[] {
  const manifest = { ...bundle.manifest, increments: change(bundle.manifest.increments) }
  return addedHeads({ folder: bundle.folder, manifest }, model)
}

describe('the heads of a bundle', () => {
  test('come back bit for bit, in the order of the increments', async () => {
    expect(await bundle.heads()).toEqual(heads)
  })

  test('an increment that only made a class grow has a head without columns', () => {
    const [, , , last] = headsWith((increments) => [...increments, increments[0]!])
    expect(last).toMatchObject({ dim: heads[0]!.dim, columns: 0 })
  })

  test('refuses a class that has a column in two heads, as one that an earlier version merged twice', () => {
    const read = () =>
      headsWith(([first, second, third]) => {
        const twice = { ...second!, classes: [first!.classes[0]!, ...second!.classes.slice(1)] }
        return [first!, twice, third!]
      })
    expect(read).toThrow(expect.objectContaining({ code: 'CONFLICT', remedy: { kind: 'unfreeze-once' } }))
  })

  test('are those of the revision that was opened, whatever lies there since', async () => {
    await rm(join(place(), modelFile))
    expect(await bundle.heads()).toEqual(heads)
  })

  test('says that a model is damaged', () => {
    expect(() => decodeBundled(bundle, Uint8Array.of(1, 2, 3))).toThrow(
      expect.objectContaining({
        code: 'BAD_BUNDLE',
        message: `${join(place(), modelFile)} is damaged; restore it from a copy, or build the bundle again.`,
      }),
    )
  })

  test.each([
    ['softmax', 'weight', [dim]],
    ['softmax', 'weight', [dim + 1, 2]],
    ['softmax', 'bias', [3]],
    ['mlp', 'hidden/weight', [dim]],
    ['mlp', 'hidden/weight', [dim + 1, 4]],
    ['mlp', 'hidden/bias', [5]],
    ['mlp', 'weight', [5, 2]],
    ['mlp', 'bias', [3]],
  ] as const)('of kind %s with a %s of another size are refused', (kind, name, dims) => {
    const shapes = {
      ...(kind === 'mlp' ? { 'hidden/weight': [dim, 4], 'hidden/bias': [4] } : {}),
      weight: [kind === 'mlp' ? 4 : dim, 2],
      bias: [2],
      [name]: dims,
    }
    const tensors = Object.entries(shapes).map(([one, sizes]) => {
      const count = sizes.reduce((product, size) => product * size, 1)
      return floatTensor(`nplusk/head0/${one}`, sizes, new Float32Array(count))
    })
    model.graph.initializer = [...tensors, ...model.graph.initializer.filter((one) => !one.name.includes('/head0/'))]
    const { training } = bundle.manifest
    const manifest = { ...bundle.manifest, training: { ...training, heads: [kind, 'softmax', 'softmax'] as const } }
    expect(() => addedHeads({ folder: bundle.folder, manifest }, model)).toThrow(
      expect.objectContaining({
        code: 'BAD_BUNDLE',
        message: expect.stringContaining(`has weights under nplusk/head0/ that fit no head of ${dim} features`),
      }),
    )
  })

  test('names what a model lacks', () => {
    const unknown = { classes: [{ folder: 'wren', label: 'wren', images: 1 }] }
    expect(() => headsWith((increments) => [...increments, { ...increments[0]!, ...unknown }])).toThrow(
      expect.objectContaining({
        code: 'BAD_BUNDLE',
        message: expect.stringContaining(`${join(place(), modelFile)} lacks nplusk/head3/weight`),
      }),
    )
  })
})

test('a bundle gives the features that were kept of every increment', async () => {
  const kept = await bundle.increments()
  expect(kept.map(({ table }) => plainTable(table))).toEqual(tables.map(plainTable))
})

test('refuses features of another length than those of the backbone', async () => {
  const { backbone } = bundle.manifest
  const manifest = { ...bundle.manifest, backbone: { ...backbone, dim: dim + 1 } }
  await expect(new Bundle(bundle.folder, manifest).increments()).rejects.toMatchObject({ code: 'BAD_BUNDLE' })
})

test('addedCount counts columns: a merged class has none of its own', () => {
  expect(addedCount(bundle.manifest)).toEqual({ added: 5, total: 7 })
})
