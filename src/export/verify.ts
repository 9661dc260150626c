import type { ModelCard } from './card.js'
import { tensorNames } from '../backbone/tensor-names.js'
import { noiseImages, refuseChangedLogits } from '../runtime/compare-logits.js'
import { openSession, type PlainTensor } from '../runtime/session.js'
import { refuseNonFinite } from '../runtime/refuse-non-finite.js'

/** Largest change of a logit; summing in another order changes it by less. */
const tolerance = 1e-3

/**
 * Runs the model of a bundle and its export on the same seeded noise.
 *
 * @throws NpluskError `BAD_MODEL` unless the logits are finite and agree
 */
export async function verifyExport(
  bundled: Uint8Array,
  exported: Uint8Array,
  { input, preprocess: { width, height, cropFraction } }: ModelCard,
): Promise<void> {
  const image = noiseImages(1, height, width)
  const expected = await logitsOf('The model of the bundle', bundled, { [tensorNames.image]: image })
  // A graph that crops gets a border around the image that it cuts off exactly.
  const [outerWidth, outerHeight] =
    input.size === 'any' ? [Math.round(width / cropFraction), Math.round(height / cropFraction)] : [width, height]
  const fed = input.type === 'uint8' ? image : planes(image.data, width, height, outerWidth, outerHeight)
  const actual = await logitsOf('What was exported', exported, { [input.name]: fed })
  refuseChangedLogits('Exporting changes logit', expected, actual, { tolerance })
}

/** Pixels [height, width, 3] in 0..255 as [1, 3, outerHeight, outerWidth] in 0..1, centred on black. */
function planes(
  pixels: Uint8Array,
  width: number,
  height: number,
  outerWidth: number,
  outerHeight: number,
): PlainTensor {
  const data = new Float32Array(3 * outerHeight * outerWidth)
  const left = Math.round((outerWidth - width) / 2)
  const top = Math.round((outerHeight - height) / 2)
  pixels.forEach((value, i) => {
    const pixel = Math.floor(i / 3)
    const row = (i % 3) * outerHeight + top + Math.floor(pixel / width)
    data[row * outerWidth + left + (pixel % width)] = value / 255
  })
  return { dims: [1, 3, outerHeight, outerWidth], data }
}

/**
 * Runs a model once, and checks that its logits are finite.
 *
 * @param what the model, as the start of the message
 */
async function logitsOf(
  what: string,
  model: Uint8Array,
  inputs: Readonly<Record<string, PlainTensor>>,
): Promise<Float32Array> {
  const session = await openSession(model)
  try {
    const answers = await session.run(inputs, [tensorNames.logits])
    refuseNonFinite(what, answers)
    return answers[tensorNames.logits]!.data as Float32Array
  } finally {
    await session.close()
  }
}
