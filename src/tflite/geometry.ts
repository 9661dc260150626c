import { badModel } from './bad-model.js'
import type { Padding, TfliteTensor } from './model.js'

/** A window that slides over an image; pairs are [height, width]. */
export interface Window {
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly dilations: readonly [number, number]
  readonly padding: Padding
}

/**
 * ONNX's `pads` (top, left, bottom, right) for a TFLite padding. SAME gives ceil(size / stride) outputs, and pads the
 * end by one more pixel where the padding is odd.
 *
 * @throws NpluskError `BAD_MODEL` when the window is not valid or does not give the output size that the file declares
 */
export function explicitPads(window: Window, input: TfliteTensor, output: TfliteTensor): number[] {
  const begin: number[] = []
  const end: number[] = []
  for (const axis of [0, 1] as const) {
    const size = input.shape[axis + 1] ?? 0
    const stride = window.strides[axis]
    const extent = (window.kernel[axis] - 1) * window.dilations[axis] + 1
    const outputs = window.padding === 'SAME' ? Math.ceil(size / stride) : Math.ceil((size - extent + 1) / stride)
    const padding = window.padding === 'SAME' ? Math.max(0, (outputs - 1) * stride + extent - size) : 0
    const valid =
      input.shape.length === 4 && stride >= 1 && extent >= 1 && outputs >= 1 && outputs === output.shape[axis + 1]
    if (!valid)
      throw badModel(`The TFLite operator that makes ${output.name} is damaged: its window does not fit its shapes.`)
    begin.push(Math.floor(padding / 2))
    end.push(Math.ceil(padding / 2))
  }
  return [...begin, ...end]
}
