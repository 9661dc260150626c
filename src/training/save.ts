import { columnsByIncrement } from '../bundle/columns.js'
import { contentName, hashedName, manifestKey, modelFile } from '../bundle/layout.js'
import { writeBundle, type Content } from '../bundle/write.js'
import { bundleFormat, labelsOf, type Manifest, type TrainingRecord } from '../bundle/manifest.js'
import { tableChunks } from '../bundle/table-file.js'
import { throwIfAborted } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import type { Head } from '../head/types.js'
import { mergeHeads } from '../merge/merge-heads.js'
import type { Backbone } from '../features/backbone.js'
import { tensorNames } from '../backbone/prepare.js'
import { decodeModel, encodeModel } from '../onnx/model.js'
import { formFor } from '../precision/form-for.js'
import { noiseImages, refuseChangedLogits } from '../runtime/compare-logits.js'
import { openSession, type Session } from '../runtime/session.js'
import { refuseNonFinite } from '../classifier/refuse-non-finite.js'
import type { IncrementFeatures } from './column-table.js'
import type { Rehearsal } from './rehearsal.js'

/** Everything a bundle is made of. */
export interface BundleParts {
  readonly backbone: Backbone
  readonly increments: readonly (IncrementFeatures & {
    /** Without a column where the increment brought no class of its own. */
    readonly head: Head
  })[]
  readonly rehearsal: Rehearsal | undefined
  readonly training: TrainingRecord
  readonly revision: number
}

/**
 * Merges the heads into one model, checks it against the backbone and writes the bundle.
 *
 * @param backboneSession an open session of `parts.backbone`, which the written model is compared with
 * @returns the manifest that was written
 */
export async function saveBundle(
  folder: string,
  parts: BundleParts,
  backboneSession: Session,
  { signal, onProgress }: CallOptions = {},
): Promise<Manifest> {
  const { backbone, increments, rehearsal, training, revision } = parts
  onProgress?.({ type: 'progress', stage: 'merge', done: 0, total: 1, unit: 'steps' })
  const files = new Map<string, Content>()
  // Of what was read from a bundle, and of the backbone, the hash is known.
  const keep = (kind: string, content: Content, known?: string) => {
    const name = known ?? contentName(kind, content())
    files.set(name, content)
    return name
  }
  const manifest: Manifest = {
    format: bundleFormat,
    revision,
    base: {
      name: backbone.name,
      sha256: backbone.sha256,
      classes: backbone.classes,
      ...(backbone.input ? { input: backbone.input } : {}),
    },
    backbone: {
      file: keep('backbone.onnx', () => [backbone.graph], hashedName('backbone.onnx', backbone.graphHash)),
      sha256: backbone.graphHash,
      dim: backbone.dim,
      ...(backbone.oneByOne === undefined ? {} : { oneByOne: backbone.oneByOne }),
    },
    preprocess: backbone.preprocess,
    rehearsal: rehearsal
      ? {
          file: keep('rehearsal.safetensors', () => tableChunks(rehearsal.table), rehearsal.file),
          source: rehearsal.source,
          images: rehearsal.images,
        }
      : null,
    increments: increments.map(({ increment, table, file }) => ({
      ...increment,
      features: keep('features.safetensors', () => tableChunks(table), file),
    })),
    training,
  }
  const model = mergeHeads(
    decodeModel(backbone.graph),
    columnsByIncrement(manifest.increments).map((columns, i) => ({
      head: increments[i]!.head,
      mergedInto: columns.map(({ mergedInto }) => mergedInto),
    })),
    metadataOf(manifest),
  )
  const encoded = encodeModel(model)
  onProgress?.({ type: 'progress', stage: 'merge', done: 1, total: 1, unit: 'steps' })

  const mergedInto = new Set(increments.flatMap(({ increment }) => increment.classes.map((added) => added.mergedInto)))
  await writeBundle(folder, {
    manifest,
    model: encoded,
    files,
    verify: async (path) => {
      onProgress?.({ type: 'progress', stage: 'verify', done: 0, total: 1, unit: 'steps' })
      await verifyModel(path, backbone, backboneSession, mergedInto)
      onProgress?.({ type: 'progress', stage: 'verify', done: 1, total: 1, unit: 'steps' })
      throwIfAborted(signal)
    },
  })
  return manifest
}

function metadataOf(manifest: Manifest): Record<string, string> {
  const { base, backbone, preprocess } = manifest
  return {
    ...(backbone.oneByOne === undefined ? {} : { 'nplusk.oneByOne': JSON.stringify(backbone.oneByOne) }),
    'nplusk.format': String(bundleFormat),
    'nplusk.labels': JSON.stringify(labelsOf(manifest).map(({ index: _, ...label }) => label)),
    'nplusk.preprocess': JSON.stringify(preprocess),
    'nplusk.base': JSON.stringify({ name: base.name, sha256: base.sha256 }),
    [manifestKey]: JSON.stringify(manifest),
  }
}

/**
 * Runs the written file beside the backbone on seeded noise: the old logits must agree bit for bit, and all answers be numbers. A graph
 * that is to run pictures one by one gets the noise behind a darker one, which must make no difference.
 */
async function verifyModel(
  path: string,
  backbone: Backbone,
  backboneSession: Session,
  mergedInto: ReadonlySet<number | undefined>,
): Promise<void> {
  const { width, height } = backbone.preprocess
  const image = noiseImages(1, height, width)
  const input = { [tensorNames.image]: image }
  const place = backbone.oneByOne === undefined ? 0 : 1
  const data = new Uint8Array((place + 1) * image.data.length)
  data.set(image.data.map((value) => value >> 2))
  data.set(image.data, place * image.data.length)
  const written = { [tensorNames.image]: { dims: [place + 1, height, width, 3], data } }
  const { provider } = backboneSession
  const session = await openSession((await formFor(provider, path)).model, provider)
  try {
    const expected = (await backboneSession.run(input, [tensorNames.baseLogits]))[tensorNames.baseLogits]!.data
    const answers = await session.run(written, [tensorNames.logits, tensorNames.probabilities])
    refuseNonFinite(`The merged ${modelFile}`, answers)
    const logits = answers[tensorNames.logits]!.data as Float32Array
    const actual = logits.subarray((place * logits.length) / (place + 1))
    const changes = `The merged ${modelFile} changes the old logit`
    refuseChangedLogits(changes, expected as Float32Array, actual, { except: mergedInto })
  } finally {
    await session.close()
  }
}
