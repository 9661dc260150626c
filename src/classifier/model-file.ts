import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { isBundle } from '../bundle/layout.js'
import type { InputOptions } from '../backbone/hints.js'
import { fetchKnownModel, fetchUrl, type FetchOptions } from '../catalog/fetch-model.js'
import { fetchFromHub, isHubName } from '../fetch/hub.js'
import { inputOf } from '../catalog/known-model.js'
import { knownModels } from '../catalog/known.js'
import { modelIn } from '../catalog/model-folder.js'

/** An ONNX classifier on this machine. */
export interface ModelFile {
  readonly file: string
  /** Name of the base model in bundles. */
  readonly name: string
  /** Known facts about its input. */
  readonly input: InputOptions
  /** The title of a known model. */
  readonly known?: string
}

/**
 * Finds the ONNX file that `model` names, and downloads it if necessary: the path of a file or of a folder with one, a
 * URL, `hf:owner/name`, or a known model that is published as ONNX.
 *
 * @returns `undefined` for anything else: a bundle, a known model that must be converted, an unknown name
 * @throws NpluskError `DOWNLOAD`, `NOT_FOUND`, `USAGE`, `IO`, `ABORTED`
 */
export async function findModelFile(model: string, options: FetchOptions): Promise<ModelFile | undefined> {
  if (isHubName(model)) return { file: await fetchFromHub(model, options), name: model, input: {} }
  if (/^https?:\/\//i.test(model)) {
    const file = await fetchUrl(model, options)
    return { file, name: basename(file), input: {} }
  }
  const found = await stat(model).catch(() => undefined)
  const isFile = found ? !found.isDirectory() : /\.onnx$/i.test(model)
  if (isFile) return { file: model, name: basename(model), input: {} }
  if (found?.isDirectory() && !(await isBundle(model))) {
    const file = await modelIn(model)
    return file === undefined ? undefined : { file, name: basename(resolve(model)), input: {} }
  }
  const known = found ? undefined : knownModels.find(({ name }) => name === model)
  if (known === undefined || known.source.kind === 'npm') return undefined
  const { file } = await fetchKnownModel(model, options)
  return { file, name: known.name, input: inputOf(known), known: known.title }
}
