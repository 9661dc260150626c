import { tensorNames } from '../backbone/tensor-names.js'
import { isBundle } from '../bundle/layout.js'
import { damagedModel } from '../bundle/own-file.js'
import { openBundle, type OpenBundle } from '../bundle/bundle.js'
import type { Manifest } from '../bundle/manifest.js'
import { descriptorPath } from '../core/descriptor-path.js'
import { reportLoading } from '../core/progress.js'
import { formFor } from '../precision/form-for.js'
import { chooseProvider } from '../runtime/providers.js'
import type { Provider, Session } from '../runtime/session.js'
import { singleInstance, type InstancePlan } from '../runtime/instance-plan.js'
import { startInstances } from '../runtime/instances.js'
import type { Samples } from '../preprocessing/trial-images.js'
import { describeBase, describeBundle, type ClassifierDescription } from './description.js'
import type { ModelOptions } from './model-options.js'
import { refuseInput } from './refuse-input.js'

/** A classifier in a session. */
export interface OpenClassifier extends ClassifierDescription {
  /** May still be loading the graph; if the runtime refuses it, running it fails. */
  readonly session: Session
  /** Whether the graph also gives the features of an image. @default false */
  readonly givesFeatures?: boolean
  /** Whether the graph also gives the base model's own logits, which are not those of merged classes. @default false */
  readonly givesBaseLogits?: boolean
}

export interface OpenOptions extends ModelOptions {
  readonly samples?: Samples
  /** Asks the graph for the features as well. @default false */
  readonly givesFeatures?: boolean
  /** Asks the graph for the base model's own logits as well, where classes are merged into old ones. @default false */
  readonly givesBaseLogits?: boolean
  /**
   * Whether a single picture is to be answered as soon as possible at any time, or many pictures in a short time.
   *
   * @default 'throughput'
   */
  readonly optimisedFor?: 'latency' | 'throughput'
}

export async function openClassifier(options: OpenOptions): Promise<OpenClassifier> {
  const provider = await chooseProvider(options.device ?? 'auto', options.onProgress)
  const { givesFeatures = false, optimisedFor = 'throughput' } = options
  const plan = optimisedFor === 'latency' ? singleInstance : undefined
  if (await isBundle(options.model)) {
    refuseInput(options)
    const bundle = await openBundle(options.model)
    const description = describeBundle(bundle.manifest)
    const hasMerged = description.added.some(({ mergedInto }) => mergedInto !== undefined)
    const gives = { givesFeatures, givesBaseLogits: hasMerged && options.givesBaseLogits === true }
    reportLoading(options.onProgress)
    const session = await startBundled(bundle, provider, gives, plan)
    reportLoading(options.onProgress, true)
    return { ...description, session, ...gives }
  }
  // Imported only here: a bundle needs none of the modules for downloads and merging.
  const { baseClassifier } = await import('./base-classifier.js')
  const { backbone, model } = await baseClassifier(options)
  const graph = givesFeatures ? await withOutputs(model, { [tensorNames.features]: backbone.dim }) : model
  const session = startInstances((await formFor(provider, graph)).model, provider, { plan })
  return { ...describeBase(backbone), session, givesFeatures }
}

/** Opens a model that is at hand, with the manifest that belongs to it. */
export async function openWith(
  model: Uint8Array,
  manifest: Manifest,
  { device = 'auto', onProgress }: Pick<ModelOptions, 'device' | 'onProgress'>,
): Promise<OpenClassifier> {
  const provider = await chooseProvider(device, onProgress)
  const session = startInstances((await formFor(provider, model)).model, provider)
  return { ...describeBundle(manifest), session }
}

/** Opens a bundle's model in threads of its own, and closes the file once they have read it. */
async function startBundled(
  bundle: OpenBundle,
  provider: Provider,
  { givesFeatures, givesBaseLogits }: Pick<OpenClassifier, 'givesFeatures' | 'givesBaseLogits'>,
  plan: InstancePlan | undefined,
): Promise<Session> {
  const { folder, file, manifest } = bundle
  const sizes = {
    ...(givesFeatures && { [tensorNames.features]: manifest.backbone.dim }),
    ...(givesBaseLogits && { [tensorNames.baseLogits]: manifest.base.classes.length }),
  }
  const isWhole = Object.keys(sizes).length === 0
  let released: Promise<void> | undefined
  try {
    const graph = isWhole ? await whole(bundle) : await withOutputs(await bundle.model(), sizes)
    const form = await formFor(provider, graph)
    const session = startInstances(form.model, provider, {
      plan,
      explain: (refusal) => (refusal.code === 'BAD_MODEL' ? damagedModel(folder, refusal) : refusal),
    })
    released = session.released
    return session
  } finally {
    void Promise.resolve(released).then(() => file.close())
  }
}

/** A bundle's model, checked before the runtime gets it: its path where there is one that nobody can turn elsewhere. */
async function whole(bundle: OpenBundle): Promise<string | Uint8Array> {
  const path = descriptorPath(bundle.file)
  if (path === undefined) return bundle.model()
  await bundle.checkModel()
  return path
}

/** Makes tensors that every graph of ours computes outputs of it. Loaded only where they are wanted. */
async function withOutputs(model: Uint8Array, sizes: Readonly<Record<string, number>>): Promise<Uint8Array> {
  const { exposeOutputs } = await import('./expose-outputs.js')
  return exposeOutputs(model, sizes)
}
