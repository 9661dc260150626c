import { readFile } from 'node:fs/promises'
import { assetPath } from '../core/assets.js'
import { encodeModel, type LoadedModel } from '../onnx/model.js'
import type { ModelCard } from './card.js'
import { exportedFolder, type ExportFiles } from './files.js'
import { pageFiles } from './page-files.js'

/**
 * The files of a folder for any web server: a page that classifies images in the browser.
 *
 * @param model with uint8 input
 * @param runtime onnxruntime-web's files, by name
 */
export async function webFiles(
  model: LoadedModel,
  card: ModelCard,
  runtime: ReadonlyMap<string, Uint8Array>,
): Promise<ExportFiles> {
  const files = new Map<string, Uint8Array | string>(await pageFiles('exported'))
  for (const [name, content] of runtime) files.set(`onnxruntime/${name}`, content)
  files.set('onnxruntime/LICENSE', await readFile(assetPath('onnxruntime-LICENSE')))
  files.set('classifier.onnx', encodeModel(model))
  return exportedFolder(card, files)
}
