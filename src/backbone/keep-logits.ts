import { throwIfAborted } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import { encodeModel, type LoadedModel } from '../onnx/model.js'
import { compareLogits, noiseImages } from '../runtime/compare-logits.js'
import { openSession } from '../runtime/session.js'
import { locateHead, type Feature } from '../locate/locate.js'
import { prepareBackbone, tensorNames, type BackboneRecipe } from './prepare.js'

/** Which features can be read, and whether the base's logits stay what they are meanwhile. */
export interface KeptTaps {
  readonly taps: readonly Feature[]
  /** Largest change of a logit, on noise; 0 where all stay the same bit for bit. */
  readonly change: number
}

/**
 * Leaves out features whose reading changes the base's logits: a runtime fuses operators where nobody looks at what
 * lies between them, and the fused ones round differently (the sum before a layer normalisation is one).
 *
 * @param original as it was read, its batch perhaps fixed
 * @param free the same with a free batch, which `recipe` is for
 * @returns the taps of the recipe that may stay; the bottleneck always does
 * @throws NpluskError `BAD_MODEL` where the runtime refuses the graph
 */
export async function keepLogits(
  original: LoadedModel,
  free: LoadedModel,
  recipe: BackboneRecipe,
  { signal }: CallOptions,
): Promise<KeptTaps> {
  const { layout } = recipe.location.input
  const { oneByOne = false } = recipe
  const location = { ...recipe.location, input: locateHead(original, { layout, head: recipe.location.head }).input }
  const images = oneByOne || location.input.batch === 'free' ? 1 : location.input.batch
  // A file that mixes the pictures of its batch, of more than one, has no answer to one alone before its batch is free.
  const isAlone = location.input.batch === 'free' || location.input.batch === 1
  const [source, input] = isAlone || !oneByOne ? [original, location.input] : [free, recipe.location.input]
  const reference = { ...recipe, location: { ...location, input }, taps: [], oneByOne: false }
  const expected = await logitsOf(source, reference, images)
  const changeBy = async (taps: readonly Feature[]): Promise<number> => {
    throwIfAborted(signal)
    return compareLogits(expected, await logitsOf(free, { ...recipe, taps }, images)).largest
  }

  const change = await changeBy(recipe.taps)
  if (change === 0) return { taps: recipe.taps, change }
  const bottleneck = recipe.taps.at(-1)!
  const least = await changeBy([bottleneck])
  // Not the taps' doing: leaving them out would gain nothing.
  if (least > 0) return { taps: recipe.taps, change }
  let kept: readonly Feature[] = [bottleneck]
  for (const tap of recipe.taps.slice(0, -1)) {
    const more = [...kept.slice(0, -1), tap, bottleneck]
    if ((await changeBy(more)) === 0) kept = more
  }
  return { taps: kept, change: 0 }
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
