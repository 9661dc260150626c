import { join } from 'node:path'
import { writeFileAtomic } from '../core/atomic-write.js'
import type { CallOptions } from '../core/progress.js'
import { textProto } from '../export/text-proto.js'
import { sprite } from '../image/sprite.js'
import { oneLine } from './one-line.js'

/** Images as points, for TensorBoard's projector. */
export interface Embedding {
  /** Names of what is known of an image; the first is its label. At least two. */
  readonly columns: readonly string[]
  readonly points: readonly EmbeddedImage[]
}

export interface EmbeddedImage {
  /** As long as that of every other point. */
  readonly features: readonly number[]
  /** By column. */
  readonly values: readonly string[]
  /** Its picture; a grey square stands for one where there is none. */
  readonly file: string | undefined
}

/** Pixels of a picture's side, where there is room for it. */
const largestSide = 64
/** Pixels of a sprite's side: what every browser's WebGL takes as a texture. */
const spriteSide = 4096

/**
 * Writes an embedding into a run's folder: points, what is known of them, their pictures, and the configuration that
 * names these files, last.
 */
export async function writeEmbedding(
  folder: string,
  { columns, points }: Embedding,
  { signal, onProgress }: CallOptions,
): Promise<void> {
  const total = points.length
  const report = (done: number) => onProgress?.({ type: 'progress', stage: 'report', done, total, unit: 'images' })
  report(0)
  // TensorBoard takes a sprite for a square.
  const across = Math.ceil(Math.sqrt(total))
  const side = Math.max(1, Math.min(largestSide, Math.floor(spriteSide / across)))
  const files = points.map(({ file }) => file)
  const pictures = await sprite(files, { side, columns: across, signal, onDone: report })
  const lines = (cells: Iterable<readonly string[]>) => Array.from(cells, (line) => `${line.join('\t')}\n`)
  await writeFileAtomic(join(folder, 'sprite.png'), pictures)
  await writeFileAtomic(
    join(folder, 'embedding.tsv'),
    lines(points.map(({ features }) => features.map((value) => value.toPrecision(6)))),
  )
  await writeFileAtomic(
    join(folder, 'metadata.tsv'),
    lines([columns, ...points.map(({ values }) => values.map(oneLine))]),
  )
  const config = {
    embeddings: [
      {
        tensor_name: 'features',
        metadata_path: 'metadata.tsv',
        sprite: { image_path: 'sprite.png', single_image_dim: [side, side] },
        tensor_path: 'embedding.tsv',
      },
    ],
  }
  await writeFileAtomic(join(folder, 'projector_config.pbtxt'), textProto(config))
}
