import type { Preprocess } from '../image/types.js'
import type { Provider, Session } from './session.js'

/** A graph that takes images: uint8 [batch, height, width, 3], RGB. */
export interface ImageGraph {
  readonly session: Session
  readonly preprocess: Preprocess
  /** Name of the image input. */
  readonly input: string
  /** Names of the outputs to return: float32 [batch, …]. */
  readonly outputs: readonly string[]
  /** Whether the graph itself runs the images of a batch one by one. @default false */
  readonly oneByOne?: boolean
  /** Views that are run together. @default `batchSizes` of the provider */
  readonly batchSize?: number
}

/** The values of each output for one view, by the output's name. */
export type Outputs = Readonly<Record<string, Float32Array>>

/**
 * Views in a batch: enough to keep two cores busy, or a GPU, which runs four times as many in twice the time; few
 * enough for progress to show and a stop to take effect soon.
 */
export const batchSizes: Readonly<Record<Provider, number>> = { cpu: 8, cuda: 32 }
/** One batch runs while the next waits in the session's queue, so that the graph never idles between them. */
export const batchesAhead = 2

/** How many views of a graph are run together. */
export function batchSizeOf({ session, batchSize = batchSizes[session.provider] }: ImageGraph): number {
  return batchSize
}

/**
 * Runs decoded views through a graph as one batch.
 *
 * @param views at most as many as are run together; RGB, HWC: height * width * 3 bytes each
 * @returns one for each view, in order
 * @throws what the session throws
 */
export async function runViews(graph: ImageGraph, views: readonly Uint8Array[]): Promise<Outputs[]> {
  const { session, preprocess, input, outputs, oneByOne = false } = graph
  const { width, height } = preprocess
  // CUDA searches for the fastest kernels again for every new shape, so batches keep one size.
  const rows = session.provider === 'cuda' && !oneByOne ? batchSizeOf(graph) : views.length
  const pixels = new Uint8Array(rows * height * width * 3)
  views.forEach((view, i) => pixels.set(view, i * view.length))
  const results = await session.run({ [input]: { dims: [rows, height, width, 3], data: pixels } }, outputs, true)
  return views.map((_, i) =>
    Object.fromEntries(
      outputs.map((name) => {
        const data = results[name]!.data as Float32Array
        const length = data.length / rows
        return [name, data.subarray(i * length, (i + 1) * length)]
      }),
    ),
  )
}
