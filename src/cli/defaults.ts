import { basename, resolve } from 'node:path'
import { NpluskError } from '../core/errors.js'
import type { ExportFormat } from '../export/formats.js'

/** The default bundle of commands. */
export const currentBundle = './extended'

const defaultBase = 'inception-v3'

/** The model that `extend --add` extends: the named one, else `./extended`, else the default model. */
export async function modelToExtend(model: string | undefined): Promise<string> {
  if (model !== undefined) return model
  const { isBundle } = await import('../bundle/layout.js')
  return (await isBundle(currentBundle)) ? currentBundle : defaultBase
}

/** The model that `extend --add` extends and the output folder, as the contract of the command line specifies. */
export async function whatToExtend(flags: {
  readonly model?: string
  readonly out?: string
}): Promise<{ model: string; out: string }> {
  const { isBundle } = await import('../bundle/layout.js')
  const model = await modelToExtend(flags.model)
  if (flags.out !== undefined) return { model, out: flags.out }
  if (await isBundle(model)) return { model, out: model }
  if (await isBundle(currentBundle)) {
    throw new NpluskError(
      'USAGE',
      `There is a bundle in ${currentBundle} already; add to it with --model ${currentBundle}, or say with --out where the new one goes.`,
    )
  }
  return { model, out: currentBundle }
}

/**
 * The model that a command works on: the named one, else `./extended`.
 *
 * @param alternative what the user may type instead of making or naming a bundle
 * @param naming how a bundle is named
 */
export async function whatToOpen(
  model: string | undefined,
  alternative = '',
  naming = 'with --model BUNDLE',
): Promise<string> {
  if (model !== undefined) return model
  const { isBundle } = await import('../bundle/layout.js')
  if (await isBundle(currentBundle)) return currentBundle
  throw new NpluskError(
    'NOT_FOUND',
    `There is no bundle in ${currentBundle}; make one with "extend --add DIR", or name one ${naming}${alternative}.`,
  )
}

/** For commands that also work with a base model. */
export const orBaseModel = ` (the base model alone: --model ${defaultBase})`

/** Default output of an export: in the working folder, named after the bundle. */
export function exportPlace(bundle: string, format: ExportFormat): string {
  const name = basename(resolve(bundle))
  return format === 'onnx' ? `./${name}.onnx` : `./${name}-${format}`
}
