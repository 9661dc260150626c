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
import { fewestInRound, rounds } from './trial-rounds.js'
import { leastMargin, weigh, type Tried, type Verdict } from './weigh-trial.js'

/** In such divergence from the stored statistics, beside the least, no more pictures are asked about. */
const farOffFrom = { factor: 20, offset: 1 }

/** A picture to ask the classifier about. */
export interface TrialImage {
  /** RGB, HWC, of the recipe's size. */
  readonly pixels: Uint8Array
  /** Its class among the old ones, -1 where it is not known. */
  readonly label: number
}

/** What trying the conventions gave. */
export interface Trial extends Verdict {
  /** How many images it was asked about. */
  readonly images: number
  /** How many of them had a known class and were judged by it; 0 where too few had. */
  readonly labelled: number
  /** Whether the statistics of batch normalisation took part. */
  readonly statistics: boolean
  /** N. */
  readonly classes: number
}

/**
 * Asks a classifier about some images under several conventions of scaling pixels and takes the one under which its
 * answers are best; of those that the images do not tell apart, the first. One picture at a time: in some graphs an
 * answer depends on its neighbours.
 *
 * @param base as for `prepareBackbone`
 * @param conventions the likeliest first
 * @throws NpluskError `BAD_MODEL` where the runtime refuses the graph, or it gives no finite numbers under any
 * convention
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
  const seen: TrialImage[] = []
  const outputs = conventions.map((): Float32Array[][] => [])
  const hopeless = new Set<number>()
  let verdict: Verdict | undefined
  try {
    for (const part of rounds(images)) {
      for (const [i, { normalisation }] of conventions.entries()) {
        if (hopeless.has(i)) continue
        for (const { pixels } of part) {
          throwIfAborted(signal)
          outputs[i]!.push(await ask(session, recipe, normalisation, pixels, stored))
        }
      }
      seen.push(...part)
      const tried = conventions.map((convention, i) => triedOf(convention, outputs[i]!, stored))
      if (stored) for (const i of farOff(tried)) hopeless.add(i)
      if (seen.length < Math.min(fewestInRound, images.length)) continue
      verdict = weigh(tried, truthOf(seen))
      if (verdict && verdict.margin >= leastMargin) break
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
  const labelled = judgedBy(truthOf(seen)).length
  return { ...verdict, images: seen.length, labelled, statistics: stored !== undefined, classes: classCount(recipe) }
}

/** Which of them show the first layers something of another size altogether. */
function farOff(tried: readonly Tried[]): number[] {
  const values = tried.map(({ divergence: value }) => (value !== undefined && value >= 0 ? value : Infinity))
  const limit = farOffFrom.factor * Math.min(...values) + farOffFrom.offset
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
      outputs.flatMap((one) => one[at] ?? []),
    ),
  )
  return {
    convention,
    answers: { logits: logits!, classes: logits!.length / outputs.length },
    divergence: stored && divergence(stored, means!, squares!),
  }
}

/** A prepared backbone whose normalisation is fed with the image, so that one session tries every convention. */
function trialGraph(
  base: LoadedModel,
  recipe: BackboneRecipe,
): { graph: Uint8Array; stored: StoredStatistics | undefined } {
  const { input } = recipe.location
  const filled = (value: number) => Array.from({ length: input.channels }, () => value)
  // Of a kind that makes `inputNodes` put in all of its steps.
  const channels = input.channels === 1 ? 'L' : 'BGR'
  const everyStep: Normalisation = { channels, scale: 1, mean: filled(1), std: filled(2) }
  const model = prepareBackbone(base, { ...recipe, taps: [], normalisation: everyStep })
  const stored = addStatistics(model, analyseNetwork(base, input.layout).shapes)
  const fed = new Set<string>(Object.values(normalisationTensors))
  const shape = channelShape(input)
  model.graph.initializer = model.graph.initializer.filter(({ name }) => !fed.has(name))
  model.graph.input.push(
    ...(input.channels === 1 ? [] : [valueInfo(normalisationTensors.channels, DataType.INT64, [3])]),
    valueInfo(normalisationTensors.scale, DataType.FLOAT, [1]),
    valueInfo(normalisationTensors.mean, DataType.FLOAT, shape),
    valueInfo(normalisationTensors.std, DataType.FLOAT, shape),
  )
  return { graph: encodeModel(model), stored }
}

/** The logits of one picture, and where statistics are asked for what the layers see of it. */
async function ask(
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
