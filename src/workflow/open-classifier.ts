import { isBundle, readBundle } from '../bundle/bundle.js'
import { labelsOf, type Label, type Manifest } from '../bundle/manifest.js'
import type { Preprocess } from '../image/types.js'
import { mergeHeads } from '../merge/merge-heads.js'
import { decodeModel, encodeModel } from '../onnx/model.js'
import { formFor } from '../precision/form-for.js'
import { chooseProvider } from '../runtime/providers.js'
import type { Session } from '../runtime/session.js'
import { openWorkerSession } from '../runtime/worker-session.js'
import type { ClassInfo } from '../model/imagenet.js'
import type { AddedClass } from '../bundle/manifest.js'
import { openBackbone } from './open-backbone.js'
import type { ModelOptions } from './types.js'

/** An extended model, or a base model that nothing was added to yet, in a session. */
export interface OpenClassifier {
  readonly session: Session
  readonly preprocess: Preprocess
  readonly labels: readonly Label[]
  readonly baseClasses: readonly ClassInfo[]
  /** Every added class, and the column it answers with. */
  readonly added: readonly (AddedClass & { readonly column: number })[]
  /** As in `TrainingRecord`; empty for a model that nothing was added to. */
  readonly confidenceQuantiles: readonly number[]
}

export async function openClassifier(
  options: ModelOptions & { readonly samples?: readonly string[] },
): Promise<OpenClassifier> {
  const provider = await chooseProvider(options.device ?? 'auto', options.onProgress)
  if (await isBundle(options.model)) {
    const { manifest, model } = await readBundle(options.model)
    const session = await openWorkerSession((await formFor(provider, model)).model, provider)
    return describe(session, manifest, manifest.training.confidenceQuantiles)
  }
  const { backbone } = await openBackbone(options)
  const merged = encodeModel(mergeHeads(decodeModel(backbone.graph), [], {}))
  const session = await openWorkerSession((await formFor(provider, merged)).model, provider)
  return describe(session, { base: backbone, increments: [], preprocess: backbone.preprocess }, [])
}

function describe(
  session: Session,
  { base, increments, preprocess }: Pick<Manifest, 'base' | 'increments' | 'preprocess'>,
  confidenceQuantiles: readonly number[],
): OpenClassifier {
  let column = base.classes.length
  const added = increments.flatMap(({ classes }) =>
    classes.map((one) => ({ ...one, column: one.mergedInto ?? column++ })),
  )
  return {
    session,
    preprocess,
    labels: labelsOf({ base, increments }),
    baseClasses: base.classes,
    added,
    confidenceQuantiles,
  }
}
