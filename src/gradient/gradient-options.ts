import type { Shape } from '../onnx/infer-shapes.js'

/** What a gradient graph is made for. */
export interface GradientOptions {
  /** The tensor, of one element, whose gradient is wanted. */
  readonly loss: string
  /** Tensors to differentiate by: float32 initialisers or inputs. Initialisers become inputs, as they will change. */
  readonly by: readonly string[]
  /** Other tensors that the graph is to give, such as logits. @default none */
  readonly outputs?: readonly string[]
  /** The shape of each input, batch included, in plain numbers. */
  readonly shapes: Readonly<Record<string, Shape>>
}

/** The name of the output that gives the gradient by a tensor; it has the tensor's shape. */
export function gradientName(tensor: string): string {
  return `${tensor}/gradient`
}
