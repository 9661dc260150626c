import { tensorNames } from '../backbone/tensor-names.js'
import { plainView } from '../image/types.js'
import { runImages } from '../runtime/image-pipeline.js'
import type { ImageGraph } from '../runtime/run-views.js'
import type { PlainTensor } from '../runtime/session.js'
import type { Cut } from './cut.js'
import { unreadable } from './pictures.js'

/**
 * The tensor that goes over a cut, for the plain view of each picture in order, as the input of a branch.
 *
 * @param trunk gives the cut's tensor
 * @throws NpluskError `BAD_INPUT` where a picture cannot be read any more, `ABORTED`
 */
export async function* plainMaps(
  trunk: Pick<ImageGraph, 'session' | 'preprocess'>,
  { tensor, shape }: Cut,
  files: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Record<string, PlainTensor>, void, void> {
  const graph = { ...trunk, input: tensorNames.image, outputs: [tensor] }
  const images = files.map((file) => ({ file, views: [plainView] }))
  for await (const result of runImages(graph, images, { signal })) {
    if ('error' in result) throw unreadable(result.image.file, result.error)
    yield { [tensor]: { dims: [1, ...shape], data: result.views[0]![tensor]! } }
  }
}
