import { columnsOf } from '../bundle/columns.js'
import { isBundle } from '../bundle/layout.js'
import { damagedModel } from '../bundle/own-file.js'
import { openBundle, type OpenBundle } from '../bundle/bundle.js'
import { labelsOf, type AddedClass, type Label, type Manifest } from '../bundle/manifest.js'
import { descriptorPath } from '../core/descriptor-path.js'
import { reportLoading } from '../core/progress.js'
import type { Preprocess } from '../image/types.js'
import type { ClassInfo } from '../catalog/imagenet.js'
import { formFor } from '../precision/form-for.js'
import { chooseProvider } from '../runtime/providers.js'
import type { Provider, Session } from '../runtime/session.js'
import { startWorkerSession } from '../runtime/worker-session.js'
import type { Samples } from '../preprocessing/trial-images.js'
import type { ModelOptions } from './model-options.js'
import { refuseInput } from './refuse-input.js'

/** An extended model, or a base model that nothing was added to yet, in a session. */
export interface OpenClassifier {
  /** It may still be opening its graph; a graph that the runtime refuses shows when it is run. */
  readonly session: Session
  readonly preprocess: Preprocess
  readonly labels: readonly Label[]
  readonly baseClasses: readonly ClassInfo[]
  /** Every added class, once for each increment that has pictures of it, and the column it answers with. */
  readonly added: readonly (AddedClass & { readonly column: number })[]
  /** As in `TrainingRecord`; empty for a model that nothing was added to. */
  readonly confidenceQuantiles: readonly number[]
  /** Whether the graph runs one picture of a batch after the other. @default false */
  readonly oneByOne?: boolean
}

export async function openClassifier(options: ModelOptions & { readonly samples?: Samples }): Promise<OpenClassifier> {
  const provider = await chooseProvider(options.device ?? 'auto', options.onProgress)
  if (await isBundle(options.model)) {
    refuseInput(options)
    const bundle = await openBundle(options.model)
    reportLoading(options.onProgress)
    const session = await startBundled(bundle, provider)
    reportLoading(options.onProgress, true)
    return describe(session, bundle.manifest, bundle.manifest.training.confidenceQuantiles)
  }
  // What a base model needs, from downloads to the merging of graphs, is not loaded for a bundle.
  const { baseClassifier } = await import('./base-classifier.js')
  const { backbone, model } = await baseClassifier(options)
  const session = startWorkerSession((await formFor(provider, model)).model, provider)
  return describe(session, { base: backbone, backbone, increments: [], preprocess: backbone.preprocess }, [])
}

/** Has a thread open a bundle's model, and closes the file when that is done. */
async function startBundled({ folder, file }: OpenBundle, provider: Provider): Promise<Session> {
  let opened: Promise<void> | undefined
  try {
    const form = await formFor(provider, descriptorPath(file) ?? (await file.readFile()))
    const session = startWorkerSession(form.model, provider, (refusal) =>
      refusal.code === 'BAD_MODEL' ? damagedModel(folder, refusal) : refusal,
    )
    opened = session.opened
    return session
  } finally {
    void Promise.allSettled([opened]).then(() => file.close())
  }
}

interface Opened extends Pick<Manifest, 'base' | 'increments' | 'preprocess'> {
  readonly backbone: Pick<Manifest['backbone'], 'oneByOne'>
}

function describe(
  session: Session,
  { base, backbone, increments, preprocess }: Opened,
  confidenceQuantiles: readonly number[],
): OpenClassifier {
  let next = base.classes.length
  const added = columnsOf(increments).flatMap(({ mergedInto, sources }) => {
    const column = mergedInto ?? next++
    return sources.map(({ increment, place }) => ({ ...increments[increment]!.classes[place]!, column }))
  })
  return {
    session,
    preprocess,
    labels: labelsOf({ base, increments }),
    baseClasses: base.classes,
    added,
    confidenceQuantiles,
    oneByOne: backbone.oneByOne !== undefined,
  }
}
