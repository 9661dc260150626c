import type { CallOptions } from '../core/progress.js'
import { extract, type Extractor } from '../features/extract.js'
import type { FeatureRows } from '../features/feature-rows.js'
import { viewsOfFiles } from '../features/image-views.js'
import { encodeFloat16 } from '../math/float16.js'
import { withEqualFiles, type Unreadable } from './data-set/unreadable.js'

/** Images without labels: the plain view of each. */
export interface Pool {
  readonly files: readonly string[]
  /** [files] rows of features */
  readonly features: FeatureRows
  /** [files] rows of further layers; absent where the backbone has none */
  readonly further?: FeatureRows | undefined
  /** The old logits of an image, [N]. */
  oldLogits(image: number): Float32Array
  readonly unreadable: readonly Unreadable[]
  /** Number of files left out because another one has the same content. */
  readonly duplicates: number
}

/** Extracts the features of images; files of equal content are one image. */
export async function readPool(
  extractor: Extractor,
  files: readonly string[],
  { dim, furtherDim = 0, ...call }: CallOptions & { readonly dim: number; readonly furtherDim?: number },
): Promise<Pool> {
  const unreadable: Unreadable[] = []
  const equal = new Map<string, string[]>()
  const onSkipped = (file: string, reason?: string, first?: string) => {
    const known = first === undefined ? undefined : equal.get(first)
    if (first === undefined) unreadable.push({ file, reason: reason! })
    else if (known) known.push(file)
    else equal.set(first, [file])
  }
  const images = []
  for await (const image of viewsOfFiles(files, { ...call, augment: 0, seed: 0 }, onSkipped)) {
    images.push(image)
    call.onProgress?.({ type: 'progress', stage: 'hash', done: images.length, total: files.length, unit: 'images' })
  }
  const { keys, unreadable: undecodable } = await extract(extractor, images, 'extract', call)
  unreadable.push(...withEqualFiles(undecodable, (file) => [file, ...(equal.get(file) ?? [])]))
  const usable = images.flatMap(({ file }, i) => (keys[i] === undefined ? [] : [{ file, key: keys[i][0]! }]))
  const writer = extractor.store.writer(dim)
  const further = furtherDim > 0 ? extractor.store.writer(furtherDim) : undefined
  for (const { key } of usable) {
    const layers = encodeFloat16(extractor.store.read(key).features)
    writer.add(layers.subarray(0, dim))
    further?.add(layers.subarray(dim))
  }
  return {
    files: usable.map(({ file }) => file),
    features: writer.done(),
    further: further?.done(),
    oldLogits: (image) => extractor.store.read(usable[image]!.key).logits,
    unreadable,
    duplicates: files.length - usable.length - unreadable.length,
  }
}
