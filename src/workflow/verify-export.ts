import { NpluskError } from '../core/errors.js'
import type { ModelCard } from '../export/card.js'
import { createRandom } from '../math/random.js'
import { tensorNames } from '../model/tensor-names.js'
import { openSession, type PlainTensor } from '../runtime/session.js'

/** How far a logit may move: another order of additions moves it less. */
const tolerance = 1e-3

/**
 * Runs the model of a bundle and what was made of it on the same seeded noise.
 *
 * @throws NpluskError `BAD_MODEL` unless the logits are the same
 */
export async function verifyExport(
  bundled: Uint8Array,
  exported: Uint8Array,
  { input, preprocess: { width, height } }: ModelCard,
): Promise<void> {
  const random = createRandom('export')
  const pixels = Uint8Array.from({ length: height * width * 3 }, () => random.integer(256))
  const image = { dims: [1, height, width, 3], data: pixels }
  const expected = await logitsOf(bundled, { [tensorNames.image]: image })
  const fed = input.type === 'uint8' ? image : { dims: [1, 3, height, width], data: planes(pixels) }
  const actual = await logitsOf(exported, { [input.name]: fed })
  const column = expected.findIndex((logit, i) => !(Math.abs(logit - actual[i]!) <= tolerance))
  if (column >= 0) {
    throw new NpluskError(
      'BAD_MODEL',
      `Exporting changes logit ${column} (${expected[column]} became ${actual[column]}); nothing was written. Please report this.`,
    )
  }
}

/** Pixels HWC in 0..255 as CHW in 0..1. */
function planes(pixels: Uint8Array): Float32Array {
  const size = pixels.length / 3
  return Float32Array.from({ length: pixels.length }, (_, i) => pixels[(i % size) * 3 + Math.floor(i / size)]! / 255)
}

async function logitsOf(model: Uint8Array, inputs: Readonly<Record<string, PlainTensor>>): Promise<Float32Array> {
  const session = await openSession(model)
  try {
    return (await session.run(inputs, [tensorNames.logits]))[tensorNames.logits]!.data as Float32Array
  } finally {
    await session.close()
  }
}
