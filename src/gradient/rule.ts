import type { Shape } from '../onnx/infer-shapes.js'
import type { NodeProto } from '../onnx/model.js'
import type { GraphWriter } from './writer.js'

/** What a rule sees of its node. */
export interface GradientStep {
  readonly node: NodeProto
  /** Where the rule writes its nodes. */
  readonly to: GraphWriter
  /** The gradient of the loss by output `i`; zeros where the loss does not depend on it. @default 0 */
  upstream(i?: number): string
  /** Whether a gradient by input `i` is wanted. */
  wants(i: number): boolean
  /** Shape of input `i`. @throws NpluskError `BAD_MODEL` where it is not known */
  shape(i: number): Shape
  /** Shape of output `i`. @throws NpluskError `BAD_MODEL` where it is not known */
  outputShape(i?: number): Shape
  /** Contents of input `i`, where it is a small constant of integers; `undefined` where there is no such input. */
  integers(i: number): readonly number[] | undefined
  /** The value of input `i`, where it is a constant of one element; `undefined` where there is no such input. */
  number(i: number): number | undefined
  /** Lets the node give another of its outputs. @returns its name */
  alsoGive(i: number): string
  /** An error about this node. */
  refuse(why: string): Error
}

/** The gradients by a node's inputs from those by its outputs, in the order of the inputs, where they are wanted. */
export type GradientRule = (step: GradientStep) => (string | undefined)[]
