import { NpluskError, throwIfAborted } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import { concat } from '../math/concat.js'
import { valueInfo } from '../onnx/build.js'
import { encodeModel, type LoadedModel } from '../onnx/model.js'
import { DataType } from '../onnx/tensor.js'
import { openSession, type Session } from '../runtime/session.js'
import { channelShape, normalisationTensors } from './input-nodes.js'
import type { Convention, Normalisation } from './normalisation.js'
import { prepareBackbone, tensorNames, type BackboneRecipe } from './prepare.js'
import { standardErrorsBetween, surety } from './surety.js'

/** Makes `inputNodes` put in all of its steps. */
const everyStep: Normalisation = { channels: 'BGR', scale: 1, mean: [1, 1, 1], std: [2, 2, 2] }

/** Two conventions this close, in standard errors of their difference, are not told apart. */
const leastMargin = 2

/** Pixels that go through the model at once: eight images of the usual size. */
const batchPixels = 8 * 224 * 224

/** How sure the classifier is under each convention. */
export interface Trial {
  /** How many images it was asked about. */
  readonly images: number
  /** The one that is taken. */
  readonly chosen: Convention
  /** All that were tried, the one with the highest mean score first. */
  readonly scores: readonly { readonly name: string; readonly score: number }[]
  /**
   * How far the chosen one is ahead of the best one of another range or channel order, in standard errors; below 2 they
   * are not told apart. `Infinity` where there is no such other.
   */
  readonly margin: number
  /** The best one of another range or channel order. */
  readonly rival: string | undefined
  /** Those of the same range and channel order that are not told apart from it: they would do about as well. */
  readonly near: readonly string[]
}

/**
 * Asks a classifier about some images under several conventions of scaling pixels and takes the one under which it is
 * surest; of those that the images do not tell apart, the first.
 *
 * @param base as for `prepareBackbone`
 * @param images RGB, HWC, of the recipe's size
 * @throws NpluskError `BAD_MODEL` where the runtime refuses the graph, or it gives no finite numbers under any convention
 */
export async function tryConventions(
  base: LoadedModel,
  recipe: BackboneRecipe,
  conventions: readonly Convention[],
  images: readonly Uint8Array[],
  { signal }: CallOptions,
): Promise<Trial> {
  const session = await openSession(trialGraph(base, recipe))
  const results: { convention: Convention; scores: Float64Array }[] = []
  try {
    for (const convention of conventions) {
      throwIfAborted(signal)
      const { logits, classes } = await runAll(session, recipe, convention.normalisation, images)
      results.push({ convention, scores: surety(logits, classes) })
    }
  } finally {
    await session.close()
  }
  const ranked = results.toSorted((a, b) => mean(b.scores) - mean(a.scores))
  const best = ranked[0]!
  if (best.scores.every((score) => score === 0)) {
    throw new NpluskError(
      'BAD_MODEL',
      'The model gives the same answer, or none, to every image under every usual preprocessing; its weights may be damaged: fetch it again, or give --mean and --std.',
    )
  }
  const chosen = results.find(({ scores }) => standardErrorsBetween(best.scores, scores) < leastMargin)!
  const others = ranked.filter((result) => result !== chosen)
  const rival = others.find(({ convention }) => !isSimilar(convention, chosen.convention))
  const near = others.filter(
    ({ convention, scores }) =>
      isSimilar(convention, chosen.convention) && standardErrorsBetween(chosen.scores, scores) < leastMargin,
  )
  return {
    images: images.length,
    chosen: chosen.convention,
    scores: ranked.map(({ convention, scores }) => ({ name: convention.name, score: mean(scores) })),
    margin: rival === undefined ? Infinity : standardErrorsBetween(chosen.scores, rival.scores),
    rival: rival?.convention.name,
    near: near.map(({ convention }) => convention.name),
  }
}

/** Conventions that differ in mean and deviation alone cost little when mistaken for each other. */
function isSimilar(a: Convention, b: Convention): boolean {
  return a.normalisation.channels === b.normalisation.channels && a.normalisation.scale === b.normalisation.scale
}

/** Whether a trial's result can be relied on. */
export function isDecisive({ margin }: Trial): boolean {
  return margin >= leastMargin
}

/** A prepared backbone whose normalisation is fed with the image, so that one session tries every convention. */
function trialGraph(base: LoadedModel, recipe: BackboneRecipe): Uint8Array {
  const model = prepareBackbone(base, { ...recipe, normalisation: everyStep })
  const { channels, scale, mean, std } = normalisationTensors
  const fed = new Set<string>([channels, scale, mean, std])
  const shape = channelShape(recipe.location.input)
  model.graph.initializer = model.graph.initializer.filter(({ name }) => !fed.has(name))
  model.graph.input.push(
    valueInfo(channels, DataType.INT64, [3]),
    valueInfo(scale, DataType.FLOAT, [1]),
    valueInfo(mean, DataType.FLOAT, shape),
    valueInfo(std, DataType.FLOAT, shape),
  )
  return encodeModel(model)
}

async function runAll(
  session: Session,
  { width, height, location }: BackboneRecipe,
  { channels, scale, mean, std }: Normalisation,
  images: readonly Uint8Array[],
): Promise<{ logits: Float32Array; classes: number }> {
  const shape = channelShape(location.input)
  const settings = {
    [normalisationTensors.channels]: {
      dims: [3],
      data: channels === 'BGR' ? BigInt64Array.of(2n, 1n, 0n) : BigInt64Array.of(0n, 1n, 2n),
    },
    [normalisationTensors.scale]: { dims: [1], data: Float32Array.of(scale / 255) },
    [normalisationTensors.mean]: { dims: shape, data: Float32Array.from(mean) },
    [normalisationTensors.std]: { dims: shape, data: Float32Array.from(std) },
  }
  const batchSize = Math.max(1, Math.floor(batchPixels / (width * height)))
  const parts: Float32Array[] = []
  for (let start = 0; start < images.length; start += batchSize) {
    const batch = images.slice(start, start + batchSize)
    const data = new Uint8Array(batch.length * height * width * 3)
    batch.forEach((image, i) => data.set(image, i * image.length))
    const image = { dims: [batch.length, height, width, 3], data }
    const { [tensorNames.baseLogits]: logits } = await session.run({ [tensorNames.image]: image, ...settings }, [
      tensorNames.baseLogits,
    ])
    parts.push(logits!.data as Float32Array)
  }
  const all = concat(Float32Array, parts)
  return { logits: all, classes: all.length / images.length }
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
