import { readFile } from 'node:fs/promises'
import { NpluskError } from '../core/errors.js'
import type { Provider } from '../runtime/session.js'

/** A model in the form that a provider runs best. */
export interface ModelForm<Model = string | Uint8Array> {
  /** The path of an ONNX file, or its bytes. */
  readonly model: Model
  /** What tells this form's features from those of the model as it is stored; empty where it is that. */
  readonly suffix: '' | '/float16'
}

/**
 * The form in which a provider runs a model. On CUDA a quantised graph would run as its float operators with a rounding
 * around each: there it becomes float16. Everything else stays as it is stored, as do graphs that compute in integers,
 * which the runtime then leaves to the CPU.
 *
 * @param model the path of an ONNX file, or its bytes
 */
export async function formFor<Model extends string | Uint8Array>(
  provider: Provider,
  model: Model,
): Promise<ModelForm<Model | Uint8Array>> {
  if (provider === 'cpu') return { model, suffix: '' }
  // Nothing of this is loaded where the form stays as it is.
  const [{ decodeModel, encodeModel }, { toPrecision }, { isQuantised }] = await Promise.all([
    import('../onnx/model.js'),
    import('./convert.js'),
    import('./dequantise.js'),
  ])
  const decoded = decodeModel(typeof model === 'string' ? await readFile(model) : model)
  if (!isQuantised(decoded)) return { model, suffix: '' }
  try {
    return { model: encodeModel(toPrecision(decoded, 'float16')), suffix: '/float16' }
  } catch (error) {
    if (error instanceof NpluskError && error.code === 'BAD_MODEL') return { model, suffix: '' }
    throw error
  }
}
