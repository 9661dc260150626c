import { readFile } from 'node:fs/promises'
import { NpluskError } from '../core/errors.js'
import type { Provider } from '../runtime/session.js'

/** A model in the form that a provider runs best. */
export interface ModelForm<Model = string | Uint8Array> {
  /** The path of an ONNX file, or its bytes. */
  readonly model: Model
  /** Suffix of the keys of features computed with this form; empty for the model as stored. */
  readonly suffix: '' | '/float16'
}

/**
 * Chooses the form of a model for a provider. On CUDA a quantised graph would run as float operators with a rounding
 * around each, so it is converted to float16. Every other model stays as stored, as do graphs with integer operators,
 * which ONNX Runtime leaves to the CPU.
 *
 * @param model the path of an ONNX file, or its bytes
 */
export async function formFor<Model extends string | Uint8Array>(
  provider: Provider,
  model: Model,
): Promise<ModelForm<Model | Uint8Array>> {
  if (provider === 'cpu') return { model, suffix: '' }
  // Imported only here, as the CPU needs none of it.
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
