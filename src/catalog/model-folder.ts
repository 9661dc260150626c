import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { NpluskError } from '../core/errors.js'
import { isReadable } from '../core/is-readable.js'

/** Usual paths of the model in a folder for it alone; the first that exists counts. */
const usualPlaces = ['model.onnx', 'onnx/model.onnx']

/**
 * The ONNX file in a folder that is no bundle: under a usual name, or the only one there.
 *
 * @returns its path, or `undefined` where there is none
 * @throws NpluskError `BAD_INPUT`, listing them, where there are several and none has a usual name
 */
export async function modelIn(folder: string): Promise<string | undefined> {
  for (const place of usualPlaces) {
    const path = join(folder, place)
    if (await isReadable(path)) return path
  }
  const names: string[] = await readdir(folder).catch(() => [])
  const models = names.filter((name) => /\.onnx$/i.test(name)).sort()
  if (models.length > 1) {
    throw new NpluskError(
      'BAD_INPUT',
      `${folder} holds several ONNX files; name one of them: ${models.map((name) => join(folder, name)).join(', ')}.`,
    )
  }
  return models[0] === undefined ? undefined : join(folder, models[0])
}
