import { NpluskError, throwIfAborted } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import { concat } from '../math/concat.js'
import { valueInfo } from '../onnx/build.js'
import { encodeModel, type LoadedModel } from '../onnx/model.js'
import { DataType } from '../onnx/tensor.js'
import { openSession, type Session } from '../runtime/session.js'
import { addStatistics, divergence, statisticsTensors, type StoredStatistics } from '../backbone/batch-statistics.js'
import { analyseNetwork } from '../locate/network.js'
import { channelShape, normalisationTensors } from '../backbone/input-nodes.js'
import type { Convention, Normalisation } from '../backbone/normalisation.js'
import { classCount, prepareBackbone, tensorNames, type BackboneRecipe } from '../backbone/prepare.js'
import { judgedBy } from './confidence.js'
import { minInRound, rounds } from './trial-rounds.js'
import { minMargin, weigh, type Tried, type Verdict } from './weigh-trial.js'

/**
 * A convention whose divergence from the stored statistics exceeds factor · least + offset is not tried on more images.
 */
const divergenceLimit = { factor: 20, offset: 1 }

/** An image to run the classifier on. */
export interface TrialImage {
  /** uint8 [height, width, 3], RGB, of the recipe's size. */
  readonly pixels: Uint8Array
  /** Index of its class among the old ones, -1 where it is not known. */
  readonly label: number
}

/** The result of trying conventions. */
export interface Trial extends Verdict {
  /** Number of images used. */
  readonly images: number
  /** Number of images of known class, which then decided alone; 0 where there were too few. */
  readonly labelled: number
  /** Whether statistics stored by batch normalisation were used. */
  readonly statistics: boolean
  /** Number of classes, N. */
  readonly classes: number
}

/**
 * Runs a classifier on images under several conventions and chooses the one that suits its answers best; among those
 * that the images do not tell apart, the first. Images run one by one, as in some graphs an answer depends on the rest
 * of the batch.
 *
 * @param base as for `prepareBackbone`
 * @param conventions the likeliest first
 * @throws NpluskError `BAD_MODEL` where ONNX Runtime refuses the graph, or every answer is the same, or not finite,
 * under every convention
 */
export async function tryConventions(
  base: LoadedModel,
  recipe: BackboneRecipe,
  conventions: readonly Convention[],
  images: readonly TrialImage[],
  { signal }: CallOptions,
): Promise<Trial> {
  const { graph, stored } = trialGraph(base, recipe)
  const session = await openSession(graph)
  const used: TrialImage[] = []
  const outputs = conventions.map((): Float32Array[][] => [])
  const ruledOut = new Set<number>()
  let verdict: Verdict | undefined
  try {
    for (const part of rounds(images)) {
      for (const [i, { normalisation }] of conventions.entries()) {
        if (ruledOut.has(i)) continue
        for (const { pixels } of part) {
          throwIfAborted(signal)
          outputs[i]!.push(await runImage(session, recipe, normalisation, pixels, stored))
        }
      }
      used.push(...part)
      const tried = conventions.map((convention, i) => triedOf(convention, outputs[i]!, stored))
      if (stored) for (const i of farOff(tried)) ruledOut.add(i)
      if (used.length < Math.min(minInRound, images.length)) continue
      verdict = weigh(tried, truthOf(used))
      if (verdict && verdict.margin >= minMargin) break
    }
  } finally {
    await session.close()
  }
  if (verdict === undefined) {
    throw new NpluskError(
      'BAD_MODEL',
      'The model gives the same answer, or none, to every image under every usual preprocessing.',
      { remedy: { kind: 'refetch-or-give-values' } },
    )
  }
  const labelled = judgedBy(truthOf(used)).length
  return { ...verdict, images: used.length, labelled, statistics: stored !== undefined, classes: classCount(recipe) }
}

/** Indices of the conventions under which the first layers see values of another magnitude. */
function farOff(tried: readonly Tried[]): number[] {
  const values = tried.map(({ divergence: value }) => (value !== undefined && value >= 0 ? value : Infinity))
  const limit = divergenceLimit.factor * Math.min(...values) + divergenceLimit.offset
  return [...values.keys()].filter((i) => values[i]! > limit)
}

function truthOf(images: readonly TrialImage[]): Int32Array {
  return Int32Array.from(images, ({ label }) => label)
}

function triedOf(
  convention: Convention,
  outputs: readonly Float32Array[][],
  stored: StoredStatistics | undefined,
): Tried {
  const [logits, means, squares] = [0, 1, 2].map((at) =>
    concat(
      Float32Array,
      outputs.flatMap((outputsOfImage) => outputsOfImage[at] ?? []),
    ),
  )
  return {
    convention,
    answers: { logits: logits!, classes: logits!.length / outputs.length },
    divergence: stored && divergence(stored, means!, squares!),
  }
}

/** A prepared backbone whose normalisation is an input, so that one session can try every convention. */
function trialGraph(
  base: LoadedModel,
  recipe: BackboneRecipe,
): { graph: Uint8Array; stored: StoredStatistics | undefined } {
  const { input } = recipe.location
  const filled = (value: number) => Array.from({ length: input.channels }, () => value)
  // A normalisation that makes `inputNodes` add every step.
  const channels = input.channels === 1 ? 'L' : 'BGR'
  const everyStep: Normalisation = { channels, scale: 1, mean: filled(1), std: filled(2) }
  const model = prepareBackbone(base, { ...recipe, taps: [], normalisation: everyStep })
  const stored = addStatistics(model, analyseNetwork(base, input.layout).shapes)
  const inputNames = new Set<string>(Object.values(normalisationTensors))
  const shape = channelShape(input)
  model.graph.initializer = model.graph.initializer.filter(({ name }) => !inputNames.has(name))
  model.graph.input.push(
    ...(input.channels === 1 ? [] : [valueInfo(normalisationTensors.channels, DataType.INT64, [3])]),
    valueInfo(normalisationTensors.scale, DataType.FLOAT, [1]),
    valueInfo(normalisationTensors.mean, DataType.FLOAT, shape),
    valueInfo(normalisationTensors.std, DataType.FLOAT, shape),
  )
  return { graph: encodeModel(model), stored }
}

/** The logits of one image, and the statistics of the first layers where `stored` is given. */
async function runImage(
  session: Session,
  { width, height, location: { input } }: BackboneRecipe,
  { channels, scale, mean, std }: Normalisation,
  pixels: Uint8Array,
  stored: StoredStatistics | undefined,
): Promise<Float32Array[]> {
  const dims = channelShape(input)
  const order = channels === 'BGR' ? BigInt64Array.of(2n, 1n, 0n) : BigInt64Array.of(0n, 1n, 2n)
  const inputs = {
    [tensorNames.image]: { dims: [1, height, width, 3], data: pixels },
    ...(channels === 'L' ? {} : { [normalisationTensors.channels]: { dims: [3], data: order } }),
    [normalisationTensors.scale]: { dims: [1], data: Float32Array.of(scale / 255) },
    [normalisationTensors.mean]: { dims, data: Float32Array.from(mean) },
    [normalisationTensors.std]: { dims, data: Float32Array.from(std) },
  }
  const wanted = [tensorNames.baseLogits, ...(stored ? statisticsTensors : [])]
  const results = await session.run(inputs, wanted)
  return wanted.map((name) => results[name]!.data as Float32Array)
}
