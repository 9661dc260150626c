import { basename, extname, resolve } from 'node:path'
import { isPlainName } from '../../core/plain-names.js'
import { NpluskError } from '../../core/errors.js'
import { isHubName } from '../../fetch/hub.js'

/**
 * The name by which requests ask for a model: a part of an address, so it may not hold what parts them.
 *
 * @param given @default the name of the model's folder or file
 * @throws NpluskError `USAGE` for a name that cannot stand in an address
 */
export function modelName(model: string, given?: string): string {
  const name = (given ?? nameOf(model)).normalize('NFC')
  if (isPlainName(name) && name === name.trim() && !/[?#%]/.test(name)) return name
  throw new NpluskError(
    'USAGE',
    `"${name}" cannot be a model's name, which stands in addresses; give ${model} a name of letters, digits, "-", "_" and ".".`,
  )
}

function nameOf(model: string): string {
  const isAddress = isHubName(model) || /^https?:\/\//i.test(model)
  const name = basename(isAddress ? model.split(/[?#]/)[0]! : resolve(model))
  return extname(name) === '.onnx' ? basename(name, '.onnx') : name
}
