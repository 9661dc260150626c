import { join } from 'node:path'
import { openStore, type BottleneckStore } from '../../src/features/store.js'
import type { Extractor } from '../../src/features/extract.js'
import type { FeatureTable } from '../../src/features/table.js'
import type { CallOptions } from '../../src/core/progress.js'
import { baseHead, type BaseHead } from '../../src/classifier/base-head.js'
import { knownBackbone } from '../../src/classifier/known-backbone.js'
import { bottleneckShape, hasFurther, type Backbone } from '../../src/features/backbone.js'
import { openWorkerSession } from '../../src/runtime/worker-session.js'
import { openRehearsal } from '../../src/rehearsal/rehearsal.js'
import { rehearsalViews } from '../../src/tables/views/choose-views.js'
import { training } from './engine-defaults.js'

/** The base model's own head, and the layers that added heads may read beside it. */
export type LayeredHead = BaseHead & Pick<Backbone, 'layers'>

/** Everything the sections share: the backbone, its cached features, and the old images to rehearse with. */
export interface Lab {
  /** Folder of the data sets. */
  readonly data: string
  readonly backbone: Backbone
  readonly extractor: Extractor
  /** The base model's own head on the bottleneck. */
  readonly baseHead: LayeredHead
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
  const head = baseHead(backbone)
  if (head === undefined) throw new Error(`the head of ${model} cannot be read`)
  const store: BottleneckStore = await openStore(join(cacheDir, 'bottlenecks'))
  const session = await openWorkerSession(backbone.graph)
  const close = async () => {
    await session.close()
    await store.close()
  }
  try {
    const { preprocess, graphHash: graphKey } = backbone
    const outputs = { shape: bottleneckShape(backbone), hasFurther: hasFurther(backbone) }
    const extractor = { session, store, preprocess, graphKey, ...outputs }
    const rehearsal = await openRehearsal('builtin', backbone, undefined, extractor, {
      ...call,
      augment: rehearsalViews,
      seed: training.seed,
    })
    return {
      data,
      backbone,
      extractor,
      baseHead: { ...head, layers: backbone.layers },
      rehearsal: rehearsal!.table,
      call,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
