import { setTimeout } from 'node:timers/promises'
import { NpluskError } from '../../core/errors.js'
import type { ScoringHooks } from '../batching/hooks.js'
import { PictureDecoder } from '../batching/picture-decoder.js'
import { Places } from '../batching/places.js'
import type { Metrics } from '../metrics/metrics.js'
import type { Settings } from '../options.js'
import { Problem } from '../problems.js'
import { modelName } from './model-name.js'
import { ServedModel } from './served-model.js'
import type { ServedModels } from './served-models.js'

/**
 * Milliseconds between two looks at the folders. Asking works on every file system, over links that are turned to
 * another folder, and in containers, where notices of changes often do not arrive; and it costs a few dozen calls of
 * `stat`.
 */
const pause = 1000

/**
 * Opens every model that is to be served, and watches their folders: what replaces a bundle is answered with from then
 * on.
 *
 * @throws NpluskError as `openTried`; `USAGE` for a name that is taken or cannot stand in an address
 */
export async function openModels(settings: Settings, metrics: Metrics): Promise<ServedModels> {
  const { limits } = settings
  const decoder = new PictureDecoder(limits.pixelsPerImage)
  const opened = new Map<string, ServedModel>()
  const stopped = new AbortController()
  const all = (work: (model: ServedModel) => Promise<void>) => Promise.all([...opened.values()].map(work))
  const close = async () => {
    stopped.abort()
    await all((model) => model.close(limits.shutdownMs))
  }
  const named = settings.models.map(({ name, ...model }) => ({ ...model, name: modelName(model.model, name) }))
  refuseSameNames(named.map(({ name }) => name))
  try {
    for (const { name, model, out } of named) {
      const hooks = hooksOf(name, metrics)
      const places = new Places(limits.queueLength, hooks.onQueueLength)
      const scorer = { places, decoder, batchSize: limits.batchSize, waitMs: limits.batchWaitMs, hooks }
      opened.set(name, await ServedModel.open(name, { open: { ...settings, model }, out, scorer }))
    }
  } catch (error) {
    await close()
    throw error
  }
  const names = [...opened.keys()]
  const find = (name = names[0]!): ServedModel => {
    const found = opened.get(name)
    if (found === undefined) {
      throw new Problem('unknown-model', `No model of this name is served; there is: ${names.join(', ')}.`)
    }
    return found
  }
  // Each by itself: the files of one may lie where nothing answers.
  for (const model of opened.values()) void watch(model, stopped.signal)
  return {
    names,
    get isReady() {
      return [...opened.values()].every(({ isReady }) => isReady)
    },
    lease: (name) => find(name).lease(),
    async refresh(name) {
      await (name === undefined ? all((model) => model.refresh()) : find(name).refresh())
    },
    [Symbol.asyncDispose]: close,
  }
}

async function watch(model: ServedModel, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await model.refresh()
    await setTimeout(pause, undefined, { ref: false, signal }).catch(() => undefined)
  }
}

function refuseSameNames(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice === undefined) return
  throw new NpluskError('USAGE', `Two models are called "${twice}"; give one of them another name.`)
}

function hooksOf(model: string, { stageSeconds, queueLength, batchSize }: Metrics): ScoringHooks {
  return {
    onStage: (stage, seconds) => stageSeconds.observe({ stage }, seconds),
    onQueueLength: (images) => queueLength.set({ model }, images),
    onBatch: (images) => batchSize.observe({ model }, images),
  }
}
