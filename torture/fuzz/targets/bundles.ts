import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readBundle } from '../../../src/bundle/bundle.js'
import { revisionsOf } from '../../../src/bundle/history/chain.js'
import { encodeKept, keptModel, readKept } from '../../../src/bundle/history/kept.js'
import { recordOf } from '../../../src/bundle/history/record.js'
import { revisionFile, revisionIdOf } from '../../../src/bundle/history/revision-file.js'
import { manifestFile, manifestKey, modelFile } from '../../../src/bundle/layout.js'
import { addedCount, labelsOf, parseManifest, type Manifest } from '../../../src/bundle/manifest.js'
import { sizeOfLayers } from '../../../src/features/layers.js'
import type { AddedHead } from '../../../src/head/added-head.js'
import { denseSource } from '../../../src/head/feature-source.js'
import { LinearHead } from '../../../src/head/linear/linear-head.js'
import { MlpHead } from '../../../src/head/mlp/mlp-head.js'
import { headPrefix } from '../../../src/merge/merge-heads.js'
import { setMetadata } from '../../../src/onnx/build.js'
import { decodeModel, encodeModel } from '../../../src/onnx/model.js'
import { tinyChange, tinyManifest, unsealed } from '../../../test/bundle/tiny-bundle.js'
import { mutateJson } from '../mutate/json.js'
import { mutateProtobuf } from '../mutate/protobuf.js'
import { mutateSafetensors } from '../mutate/safetensors.js'
import type { Target } from '../target.js'
import { bare } from './bare-tensors.js'

/** Not sealed: whoever forges a bundle seals it, and a mutation must come further than to the seal. */
const change = unsealed(tinyChange(2, ['flowers', 'birds']))
const heldOut = {
  old: { top1Before: 0.9, top1After: 0.9, count: 10 },
  new: { top1: 0.9, count: 4 },
  leak: 0.1,
  miss: null,
  perClass: [{ label: 'flowers', count: 2, top1: 1, threshold: 0.4, confusedWith: [{ label: 'cat', count: 1 }] }],
}
/** The layers of the backbone, and those that heads read. */
const layers = [
  { name: 'block', size: 1, cells: 1, byDefault: true },
  { name: 'bottleneck', size: 3, cells: 1, byDefault: true },
  { name: 'stem', size: 2, cells: 1, byDefault: false },
]
const read = ['block', 'stem']
const tried = [
  { name: 'default', loss: 0.4 },
  { name: 'all', loss: 0.3 },
]
const full: Manifest = {
  ...change.manifest,
  backbone: { ...change.manifest.backbone, layers },
  increments: change.manifest.increments.map((one, i) => ({ ...one, ...(i === 0 ? { layers: read } : {}) })),
  training: {
    ...change.manifest.training,
    head: 'auto',
    heads: ['softmax', 'mlp'],
    layers: read,
    layerChoices: [{ taken: 'all', tried }, null],
    maxOldDrop: 0.02,
    confidenceQuantiles: [0.1, 0.5],
    standoutQuantiles: [-1, 2.5],
    heldOut,
  },
}
const columns = 1
const heads = [
  new LinearHead({ dim: 3, columns, weight: Float32Array.of(1, 2, 3), bias: Float32Array.of(0) }),
  new MlpHead({
    ...{ dim: 4, width: 1, columns, hiddenWeight: Float32Array.of(1, 2, 3, 4), hiddenBias: Float32Array.of(0) },
    ...{ weight: Float32Array.of(1), bias: Float32Array.of(0) },
  }),
]

/** A bundle's folder without its manifest and its model. */
function writeParts(folder: string): void {
  for (const [name, content] of change.files) writeFileSync(join(folder, name), Buffer.concat([...content()]))
}

function modelWith(manifest: string): Uint8Array {
  const model = decodeModel(change.model)
  heads.forEach((head, i) => model.graph.initializer.push(...head.nodes(headPrefix(i)).initializers))
  setMetadata(model, manifestKey, manifest)
  return encodeModel(model)
}

/** What heads say of two images, of all layers. */
async function score(all: readonly AddedHead[]): Promise<void> {
  const features = denseSource(new Float32Array(2 * sizeOfLayers(layers)).fill(1), sizeOfLayers(layers))
  for (const head of all) await head.score(features)
}

/** `bundle.json`, and the same in the model; what is made of a manifest that is taken. */
export const manifest: Target = {
  name: 'manifest',
  seeds: () => Promise.resolve([full, tinyManifest()].map((value) => Buffer.from(JSON.stringify(value)))),
  mutate: mutateJson,
  open: (folder) => {
    writeParts(folder)
    return Promise.resolve({
      async run(input) {
        const json = Buffer.from(input).toString()
        writeFileSync(join(folder, manifestFile), json)
        writeFileSync(join(folder, modelFile), modelWith(json))
        const bundle = await readBundle(folder)
        const { manifest } = bundle
        labelsOf(manifest)
        addedCount(manifest)
        recordOf(manifest, { manifest: full, keep: 5 }, { kind: 'add' })
        await bundle.backbone()
        await score(await bundle.heads())
      },
    })
  },
}

/** `model.onnx` of a bundle, as far as its manifest. */
export const bundleModel: Target = {
  name: 'bundle-model',
  seeds: () => Promise.resolve([modelWith(JSON.stringify(full))]),
  mutate: mutateProtobuf,
  open: (folder) => {
    writeParts(folder)
    writeFileSync(join(folder, manifestFile), JSON.stringify(full))
    return Promise.resolve({
      async run(input) {
        writeFileSync(join(folder, modelFile), input)
        const bundle = await readBundle(folder)
        labelsOf(bundle.manifest)
        await score(await bundle.heads())
      },
    })
  },
}

const earlier = { ...full, revision: 1 }
const backbone = change.files.get(full.backbone.file)!

/** The record of a revision. */
export const record: Target = {
  name: 'record',
  seeds: () => {
    const note = { kind: 'add', command: 'extend --add flowers', keep: 3 } as const
    return Promise.resolve([Buffer.from(JSON.stringify(recordOf(full, { manifest: earlier, keep: 3 }, note)))])
  },
  mutate: mutateJson,
  open: (folder) => {
    const file = join(folder, revisionFile(revisionIdOf(full), 'record'))
    mkdirSync(dirname(file))
    return Promise.resolve({
      async run(input) {
        writeFileSync(file, input)
        await revisionsOf(folder, full)
      },
    })
  },
}

/** A kept revision, and the model that is made of it. */
export const kept: Target = {
  name: 'kept',
  seeds: () =>
    Promise.resolve([bare(encodeKept(earlier, modelWith(JSON.stringify(earlier)), Buffer.concat([...backbone()])))]),
  mutate: mutateSafetensors,
  open: (folder) => {
    writeParts(folder)
    const id = revisionIdOf(earlier)
    const file = join(folder, revisionFile(id, 'kept'))
    mkdirSync(dirname(file))
    return Promise.resolve({
      async run(input) {
        writeFileSync(file, input)
        const found = await readKept(folder, id)
        if (found !== undefined && found !== 'damaged') await keptModel(folder, found)
      },
    })
  },
}

/** The text of a manifest alone, which is fast enough to look deeper. */
export const manifestText: Target = {
  ...manifest,
  name: 'manifest-text',
  open: () =>
    Promise.resolve({
      run(input) {
        const manifest = parseManifest(Buffer.from(input).toString(), 'bundle.json')
        labelsOf(manifest)
        addedCount(manifest)
        return Promise.resolve()
      },
    }),
}
