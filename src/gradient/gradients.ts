import { node } from '../onnx/build.js'
import type { GraphWriter } from './writer.js'

/** The gradients by the tensors of a graph, each the sum of what came from the nodes that read it. */
export class Gradients {
  readonly #parts = new Map<string, string[]>()

  constructor(readonly writer: GraphWriter) {}

  has(tensor: string): boolean {
    return this.#parts.has(tensor)
  }

  contribute(tensor: string, gradient: string): void {
    const parts = this.#parts.get(tensor)
    if (parts) parts.push(gradient)
    else this.#parts.set(tensor, [gradient])
  }

  /** The gradient by a tensor, once all nodes that read it have contributed; `undefined` where none did. */
  by(tensor: string): string | undefined {
    const parts = this.#parts.get(tensor)
    if (parts === undefined || parts.length === 1) return parts?.[0]
    const sum = this.writer.add('Sum', parts)
    this.#parts.set(tensor, [sum])
    return sum
  }

  /** Gives the gradient by a tensor under a name. */
  nameBy(tensor: string, name: string): void {
    this.writer.nodes.push(node('Identity', [this.by(tensor)!], name))
  }
}
