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

/** An extended model or a base model in a session. */
export interface OpenClassifier {
  /** May still be loading the graph; if the runtime refuses it, running it fails. */
  readonly session: Session
  readonly preprocess: Preprocess
  readonly labels: readonly Label[]
  readonly baseClasses: readonly ClassInfo[]
  /** Every added class, once per increment that has images of it, and the column that it answers with. */
  readonly added: readonly (AddedClass & { readonly column: number })[]
  /** As in `TrainingRecord`; empty for a base model. */
  readonly confidenceQuantiles: readonly number[]
  /** Whether the graph processes the images of a batch one by one. @default false */
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
  // Imported only here: a bundle needs none of the modules for downloads and merging.
  const { baseClassifier } = await import('./base-classifier.js')
  const { backbone, model } = await baseClassifier(options)
  const session = startWorkerSession((await formFor(provider, model)).model, provider)
  return describe(session, { base: backbone, backbone, increments: [], preprocess: backbone.preprocess }, [])
}

/** Opens a bundle's model in a worker thread, and closes the file afterwards. */
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
