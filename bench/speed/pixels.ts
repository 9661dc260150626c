import { loadImage } from '../../src/image/decode.js'
import type { Preprocess } from '../../src/image/types.js'
import type { PlainTensor, Session } from '../../src/runtime/session.js'

/** As the pipeline has it. */
export const batchSize = 8

/** The first images of a list, ready for a graph. */
export async function readyBatch(files: readonly string[], preprocess: Preprocess): Promise<PlainTensor> {
  const { width, height } = preprocess
  const data = new Uint8Array(batchSize * height * width * 3)
  for (const [i, file] of files.slice(0, batchSize).entries()) {
    data.set(await loadImage(file, preprocess), i * height * width * 3)
  }
  return { dims: [batchSize, height, width, 3], data }
}

/** The bare session: batch after batch of pixels that are in memory already. */
export async function runBare(
  session: Session,
  input: Readonly<Record<string, PlainTensor>>,
  outputs: readonly string[],
  images: number,
): Promise<void> {
  for (let done = 0; done < images; done += batchSize) await session.run(input, outputs)
}
