import { throwIfAborted } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import { encodeModel, type LoadedModel } from '../onnx/model.js'
import { compareLogits, noiseImages } from '../runtime/compare-logits.js'
import { openSession } from '../runtime/session.js'
import type { Feature } from '../locate/locate.js'
import { analyseNetwork } from '../locate/network.js'
import { prepareBackbone, tensorNames, type BackboneRecipe } from './prepare.js'

/** Which features can be read without changing the logits of the base. */
export interface KeptLayers {
  readonly taps: readonly Feature[]
  readonly further: readonly Feature[]
  /** Largest change of a logit on noise images; 0 where all are identical bit for bit. */
  readonly change: number
}

/**
 * Drops layers that would change the logits of the base: ONNX Runtime fuses operators whose intermediate results are
 * not outputs, and fused operators round differently (the Add before a layer normalisation is one).
 *
 * @param original as read from the file, its batch perhaps fixed
 * @param free the same model with a free batch, to which `recipe` applies
 * @returns the layers of the recipe that can stay; the bottleneck always does
 * @throws NpluskError `BAD_MODEL` where ONNX Runtime refuses the graph
 */
export async function keepLogits(
  original: LoadedModel,
  free: LoadedModel,
  recipe: BackboneRecipe,
  { signal }: CallOptions,
): Promise<KeptLayers> {
  const { layout } = recipe.location.input
  const { oneByOne = false } = recipe
  const location = { ...recipe.location, input: analyseNetwork(original, layout).input }
  const images = oneByOne || location.input.batch === 'free' ? 1 : location.input.batch
  // A graph that mixes the images of a fixed batch cannot answer for a single image until its batch is free.
  const takesOneImage = location.input.batch === 'free' || location.input.batch === 1
  const [source, input] = takesOneImage || !oneByOne ? [original, location.input] : [free, recipe.location.input]
  const reference = { ...recipe, location: { ...location, input }, taps: [], further: [], oneByOne: false }
  const expected = await logitsOf(source, reference, images)
  const changeBy = async (taps: readonly Feature[], further: readonly Feature[]): Promise<number> => {
    throwIfAborted(signal)
    return compareLogits(expected, await logitsOf(free, { ...recipe, taps, further }, images)).largest
  }

  const { taps, further = [] } = recipe
  const change = await changeBy(taps, further)
  if (change === 0) return { taps, further, change }
  const bottleneck = taps.at(-1)!
  const bottleneckChange = await changeBy([bottleneck], [])
  // The logits change with the bottleneck alone, so dropping other taps would gain nothing.
  if (bottleneckChange > 0) return { taps, further, change }
  let kept: readonly Feature[] = [bottleneck]
  for (const tap of taps.slice(0, -1)) {
    const more = [...kept.slice(0, -1), tap, bottleneck]
    if ((await changeBy(more, [])) === 0) kept = more
  }
  // Mostly all of them can stay.
  if ((await changeBy(kept, further)) === 0) return { taps: kept, further, change: 0 }
  let others: readonly Feature[] = []
  for (const layer of further) if ((await changeBy(kept, [...others, layer])) === 0) others = [...others, layer]
  return { taps: kept, further: others, change: 0 }
}

async function logitsOf(model: LoadedModel, recipe: BackboneRecipe, images: number): Promise<Float32Array> {
  const { width, height } = recipe
  const session = await openSession(encodeModel(prepareBackbone(model, recipe)))
  try {
    const input = { [tensorNames.image]: noiseImages(images, height, width) }
    return (await session.run(input, [tensorNames.baseLogits]))[tensorNames.baseLogits]!.data as Float32Array
  } finally {
    await session.close()
  }
}
