import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import { openStore, type BottleneckStore } from '../../src/bottleneck/store.js'
import type { Extractor } from '../../src/bottleneck/extract.js'
import type { FeatureTable } from '../../src/bottleneck/table.js'
import type { CallOptions } from '../../src/core/progress.js'
import { knownBackbone, type Backbone } from '../../src/model/backbone.js'
import { fetchKnownModel } from '../../src/model/fetch.js'
import { headWeights, locateHead, type HeadWeights } from '../../src/model/locate.js'
import { decodeModel } from '../../src/onnx/model.js'
import { openSession } from '../../src/runtime/session.js'
import { openRehearsal } from '../../src/workflow/rehearsal.js'
import { views } from './engine-defaults.js'

/** Everything the sections share: the backbone, its cached features, and the old images to rehearse with. */
export interface Lab {
  /** Folder of the data sets. */
  readonly data: string
  readonly backbone: Backbone
  readonly extractor: Extractor
  /** The base model's own head on the bottleneck, without a background class. */
  readonly oldHead: HeadWeights
  /** Length of the bottleneck, the last part of the features. */
  readonly bottleneck: number
  /** The built-in pack, as `extend` takes it by default. */
  readonly rehearsal: FeatureTable
  readonly call: CallOptions
  close(): Promise<void>
}

export interface LabOptions extends CallOptions {
  readonly data: string
  readonly cacheDir: string
}

const model = 'inception-v3'

export async function openLab({ data, cacheDir, ...call }: LabOptions): Promise<Lab> {
  const backbone = await knownBackbone(model, { ...call, cacheDir })
  const oldHead = await readOldHead(cacheDir, backbone.classes.length)
  const store: BottleneckStore = openStore(join(cacheDir, 'bottlenecks'))
  const session = await openSession(backbone.graph)
  const close = async () => {
    await session.close()
    await store.close()
  }
  try {
    const extractor = { session, store, preprocess: backbone.preprocess, backbone: backbone.graphHash }
    const rehearsal = await openRehearsal('builtin', backbone, undefined, extractor, { ...call, ...views })
    const bottleneck = oldHead.kernel.length / oldHead.bias.length
    return { data, backbone, extractor, oldHead, bottleneck, rehearsal: rehearsal!.table, call, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function readOldHead(cacheDir: string, classes: number): Promise<HeadWeights> {
  const { file } = await fetchKnownModel(model, { cacheDir })
  const base = decodeModel(await readFile(file), file)
  const weights = headWeights(base, locateHead(base))
  if (weights === undefined) throw new Error(`the head of ${model} cannot be read`)
  // A background class comes first.
  const background = weights.bias.length - classes
  const size = weights.kernel.length / weights.bias.length
  return { kernel: weights.kernel.subarray(background * size), bias: weights.bias.subarray(background) }
}
