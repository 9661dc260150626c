import { openBundle } from '../bundle/bundle.js'
import { isBundle } from '../bundle/layout.js'
import { formFor } from '../precision/form-for.js'
import { chooseProvider } from '../runtime/providers.js'
import type { Provider } from '../runtime/session.js'
import { describeBase, describeBundle, type ClassifierDescription } from './description.js'
import type { ModelOptions } from './model-options.js'
import { refuseInput } from './refuse-input.js'

/** A classifier that others run. */
export interface ClassifierGraph extends ClassifierDescription {
  /** ONNX, in the form for `provider`. */
  readonly graph: Uint8Array
  readonly provider: Provider
}

/**
 * Reads what `openClassifier` would open.
 *
 * @throws NpluskError as `openClassifier`
 */
export async function readClassifier(options: ModelOptions): Promise<ClassifierGraph> {
  const provider = await chooseProvider(options.device ?? 'auto', options.onProgress)
  if (await isBundle(options.model)) {
    refuseInput(options)
    await using bundle = await openBundle(options.model)
    const { model } = await formFor(provider, await bundle.model())
    return { ...describeBundle(bundle.manifest), graph: model, provider }
  }
  const { baseClassifier } = await import('./base-classifier.js')
  const { backbone, model } = await baseClassifier(options)
  const form = await formFor(provider, model)
  return { ...describeBase(backbone), graph: form.model, provider }
}
