import { join } from 'node:path'
import { isBundle } from '../bundle/layout.js'
import { readBundle, type Bundle } from '../bundle/bundle.js'
import { reportLoading } from '../core/progress.js'
import { knownBackbone } from './known-backbone.js'
import type { Backbone } from '../features/backbone.js'
import { cacheDirOf } from '../catalog/cache-folder.js'
import { fileBackbone } from './file-backbone.js'
import { describeGraph } from './describe-graph.js'
import { describeOpening } from './describe-input.js'
import { findModelFile } from './model-file.js'
import type { Samples } from '../preprocessing/trial-images.js'
import type { ModelOptions } from './model-options.js'
import { checkNamesModel } from './names-model.js'
import { refuseInput } from './refuse-input.js'

/** A backbone, and the bundle it came from, if any. */
export interface OpenedBackbone {
  readonly backbone: Backbone
  readonly bundle: Bundle | undefined
}

/** Folder that keeps how the input of classifiers was found to be scaled. */
export function pinFolder(cacheDir: string): string {
  return join(cacheDir, 'inputs')
}

/**
 * Opens the backbone that `model` names: that of a bundle, an ONNX file (local, at a URL or on the hub) or a known
 * model.
 *
 * @param options.samples photographs for finding out how an ONNX file's input is scaled
 * @throws NpluskError `NOT_FOUND` when it names nothing; `BAD_BUNDLE` for a damaged bundle; `BAD_MODEL` for a damaged
 * file or one that is not a classifier; `USAGE` for `input` where the input is known
 */
export async function openBackbone(options: ModelOptions & { readonly samples?: Samples }): Promise<OpenedBackbone> {
  await checkNamesModel(options.model)
  reportLoading(options.onProgress)
  const opened = await findBackbone(options)
  reportLoading(options.onProgress, true)
  return opened
}

async function findBackbone(options: Parameters<typeof openBackbone>[0]): Promise<OpenedBackbone> {
  const { model } = options
  const fetching = { ...options, cacheDir: cacheDirOf(options) }
  const found = await findModelFile(model, fetching)
  if (found) {
    const { file, name } = found
    const pins = pinFolder(fetching.cacheDir)
    const input = { ...found.input, ...options.input }
    const known = options.input === undefined ? found.known : undefined
    const opened = await fileBackbone(file, { ...options, name, pins, input, known })
    for (const event of [...describeGraph(name, opened), ...describeOpening(name, opened)]) options.onProgress?.(event)
    return { backbone: opened.backbone, bundle: undefined }
  }
  refuseInput(options)
  if (await isBundle(model)) {
    const bundle = await readBundle(model)
    return { backbone: await bundle.backbone(), bundle }
  }
  return { backbone: await knownBackbone(model, fetching), bundle: undefined }
}
