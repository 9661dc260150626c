import type { NodeProto } from './model.js'

/** A shape of plain numbers: the batch and every free size were fixed before inference began. */
export type Shape = readonly number[]

/** What a rule sees of its node and the graph around it. */
export interface RuleContext {
  readonly node: NodeProto
  readonly opset: number
  /** Shape of input `i`. */
  shape(i: number): Shape | undefined
  /** Contents of input `i`, where it is a small integer tensor with known contents. */
  value(i: number): readonly number[] | undefined
}

/** The shapes of a node's outputs; `undefined` where the inputs are not known or do not fit. */
export type ShapeRule = (context: RuleContext) => (Shape | undefined)[] | undefined
