import { stat } from 'node:fs/promises'
import { isBundle } from '../bundle/layout.js'
import { NpluskError } from '../core/errors.js'
import { isHubName } from '../fetch/hub.js'
import { editDistance, nearestNames } from '../catalog/known-nearest.js'
import { knownModels } from '../catalog/known.js'
import { modelIn } from '../catalog/model-folder.js'

/**
 * Fails if `model` cannot name a model, before anything is read or downloaded.
 *
 * @throws NpluskError `NOT_FOUND`; `BAD_INPUT` for a folder of several models
 */
export async function checkNamesModel(model: string): Promise<void> {
  if (isHubName(model) || /^https?:\/\//i.test(model)) return
  const found = await stat(model).catch(() => undefined)
  if (found === undefined && !knownModels.some(({ name }) => name === model)) throw namesNothing(model)
  if (found?.isDirectory() && !(await isBundle(model)) && (await modelIn(model)) === undefined) {
    throw new NpluskError('NOT_FOUND', `${model} is a folder without a bundle and without an ONNX file.`, {
      remedy: { kind: 'name-model' },
    })
  }
}

function namesNothing(model: string): NpluskError {
  if (/\.onnx$/i.test(model)) return new NpluskError('NOT_FOUND', `There is no file ${model}; check the path.`)
  const names = knownModels.map(({ name }) => name)
  const nearest = nearestNames(model, names)[0]!
  const guess = editDistance(model, nearest) <= 3 ? `the nearest of these is ${nearest}` : 'check the path'
  return new NpluskError('NOT_FOUND', `There is no bundle, no ONNX file and no known model "${model}"; ${guess}.`, {
    remedy: { kind: 'list-models' },
  })
}
