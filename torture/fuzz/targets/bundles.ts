import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readBundle } from '../../../src/bundle/bundle.js'
import { revisionsOf } from '../../../src/bundle/history/chain.js'
import { encodeKept, keptModel, readKept } from '../../../src/bundle/history/kept.js'
import { recordOf } from '../../../src/bundle/history/record.js'
import { revisionFile, revisionIdOf } from '../../../src/bundle/history/revision-file.js'
import { manifestFile, manifestKey, modelFile } from '../../../src/bundle/layout.js'
import { addedCount, labelsOf, parseManifest, type Manifest } from '../../../src/bundle/manifest.js'
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
const full: Manifest = {
  ...change.manifest,
  training: { ...change.manifest.training, maxOldDrop: 0.02, confidenceQuantiles: [0.1, 0.5], heldOut },
}

/** A bundle's folder without its manifest and its model. */
function writeParts(folder: string): void {
  for (const [name, content] of change.files) writeFileSync(join(folder, name), Buffer.concat([...content()]))
}

function modelWith(manifest: string): Uint8Array {
  const model = decodeModel(change.model)
  setMetadata(model, manifestKey, manifest)
  return encodeModel(model)
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
        const { manifest } = await readBundle(folder)
        labelsOf(manifest)
        addedCount(manifest)
        recordOf(manifest, { manifest: full, keep: 5 }, { kind: 'add' })
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
        await bundle.heads()
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
