import type { ListFileEntry } from '@huggingface/hub'
import { NpluskError } from '../core/errors.js'

/**
 * Chooses the model among the files of a repository: `onnx/model.onnx`, as Transformers.js and Optimum write it, else
 * `model.onnx`, else the only ONNX file.
 *
 * @throws NpluskError `NOT_FOUND` where there is no ONNX file, or several without one of these names
 */
export function chooseModel(files: readonly ListFileEntry[], name: string): ListFileEntry {
  const models = files.filter(({ path }) => path.endsWith('.onnx'))
  const usual = ['onnx/model.onnx', 'model.onnx'].map((path) => models.find((file) => file.path === path))
  const chosen = usual.find((file) => file !== undefined) ?? (models.length === 1 ? models[0] : undefined)
  if (chosen) return chosen
  const found = models.length === 0 ? 'no ONNX file' : `several ONNX files and no model.onnx`
  throw new NpluskError('NOT_FOUND', `${name} holds ${found}.`, {
    data: { files: models.map(({ path }) => path) },
    remedy: { kind: 'give-model-path' },
  })
}

/**
 * Whether a file belongs to a model: its configuration (see `describe/companions.ts`), or weights stored beside it as
 * `model.onnx_data`.
 */
export function belongsTo(path: string, model: string): boolean {
  const isConfiguration = path === 'config.json' || path === 'preprocessor_config.json'
  return isConfiguration || path.startsWith(`${model}_data`) || path === `${model}.data`
}
