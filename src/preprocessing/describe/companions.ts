import { basename, dirname, join } from 'node:path'
import { labelFields } from '../../onnx/label-fields.js'
import type { LoadedModel } from '../../onnx/model.js'
import type { FoundNames } from './class-names.js'
import type { InputHints } from '../../backbone/hints.js'
import { labelFilesBeside, readTextFile } from './label-files.js'
import { namesInGraph } from './graph-names.js'
import { badJson, namesInJson, namesInText } from './label-text.js'
import { metadataOf, metadataHints } from './metadata.js'
import { readPreprocessorConfig, readTimmConfig } from './preprocessor-config.js'

/** What a model file and the files beside it say. */
export interface Companions {
  readonly hints: InputHints
  /** Source of the hints: a file's name, or `metadata`; `undefined` where there are none. */
  readonly hintSource: string | undefined
  /** All class names found, the most reliable source first. */
  readonly names: readonly FoundNames[]
}

/**
 * Reads `preprocessor_config.json` and `config.json` beside a model (and one folder up where the model is in a folder
 * `onnx`, as on the Hugging Face hub), lists of class names, and the model's own metadata.
 *
 * @param file path of the ONNX file
 * @throws NpluskError `BAD_INPUT` for a damaged file, `IO` for one that cannot be read
 */
export async function readCompanions(file: string, model: LoadedModel): Promise<Companions> {
  const folder = dirname(file)
  const folders = basename(folder) === 'onnx' ? [folder, dirname(folder)] : [folder]
  const processor = await firstJson(folders, 'preprocessor_config.json')
  const config = await firstJson(folders, 'config.json')
  const metadata = metadataOf(model)

  const names: FoundNames[] = []
  const add = (found: string[] | undefined, source: string) => {
    if (found) names.push({ names: found, source })
  }
  for (const field of ['id2label', 'label_names']) add(namesInJson(config?.[field]), 'config.json')
  const stem = basename(file).replace(/\.onnx$/i, '')
  names.push(...(await labelFilesBeside(folders, stem)))
  for (const field of labelFields) add(namesInText(metadata.get(field) ?? '{}'), 'metadata')

  add(namesInGraph(model), 'the graph')

  const said = metadataHints(model)
  const timm = config?.pretrained_cfg ?? (isTimm(config) ? config : undefined)
  const found = processor
    ? { hints: readPreprocessorConfig(processor, 'preprocessor_config.json'), hintSource: 'preprocessor_config.json' }
    : typeof timm === 'object' && timm !== null
      ? { hints: readTimmConfig(timm as Record<string, unknown>, 'config.json'), hintSource: 'config.json' }
      : { hints: said, hintSource: Object.keys(said).length > 0 ? 'metadata' : undefined }
  return { ...found, names }
}

/** Whether a `config.json` is timm's: people's own have an `input_size`, too. */
function isTimm(config: Record<string, unknown> | undefined): boolean {
  return Array.isArray(config?.input_size) && config.mean !== undefined && config.std !== undefined
}

async function firstJson(folders: readonly string[], name: string): Promise<Record<string, unknown> | undefined> {
  for (const folder of folders) {
    const text = await readTextFile(join(folder, name))
    if (text === undefined) continue
    try {
      const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
      if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
    } catch (cause) {
      throw badJson(join(folder, name), cause)
    }
  }
  return undefined
}
