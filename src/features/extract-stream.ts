import type { CallOptions } from '../core/progress.js'
import { openInstances } from '../runtime/instances.js'
import { extract, type Extraction, type HashedImage } from './extract.js'
import type { BottleneckCache } from './extractor.js'

/** Number of images per call of `extract`; limits the memory for hashes and keys. */
const chunkSize = 1024

/** The outcome for a stream of images. */
export type StreamOutcome = Pick<Extraction, 'computed' | 'unreadable'>

/**
 * Computes missing bottlenecks of any number of images into the cache, in a session of its own.
 *
 * @param onImages called with the number of images finished since its last call
 */
export async function extractStream(
  cache: BottleneckCache,
  images: AsyncIterable<HashedImage>,
  onImages: (count: number) => void,
  { signal, onProgress }: CallOptions,
): Promise<StreamOutcome> {
  await using session = await openInstances(cache.graph, cache.provider)
  const unreadable: { file: string; reason: string }[] = []
  let computed = 0
  for await (const chunk of chunksOf(images)) {
    let before = 0
    const call: CallOptions = {
      signal,
      onProgress(event) {
        if (event.type !== 'progress') return onProgress?.(event)
        onImages(event.done - before)
        before = event.done
      },
    }
    const extraction = await extract({ ...cache, session }, chunk, 'extract', call)
    unreadable.push(...extraction.unreadable)
    computed += extraction.computed
  }
  return { computed, unreadable }
}

async function* chunksOf(images: AsyncIterable<HashedImage>): AsyncGenerator<HashedImage[], void, void> {
  let chunk: HashedImage[] = []
  for await (const image of images) {
    chunk.push(image)
    if (chunk.length < chunkSize) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
