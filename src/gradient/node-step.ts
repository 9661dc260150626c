import { NpluskError } from '../core/errors.js'
import type { InferredShapes, Shape } from '../onnx/infer-shapes.js'
import { changed, type NodeProto, type TensorProto } from '../onnx/model.js'
import { elementCount, readTensor } from '../onnx/tensor.js'
import type { Gradients } from './gradients.js'
import type { GradientStep } from './rule.js'

/** What is known of the whole graph. */
export interface ForwardGraph {
  readonly inferred: InferredShapes
  readonly constants: ReadonlyMap<string, TensorProto>
  /** The tensors that depend on what is differentiated by. */
  readonly varying: ReadonlySet<string>
}

/** The step from the gradients by a node's outputs to those by its inputs. */
export class NodeStep implements GradientStep {
  /** Has more outputs once a rule has asked for them. */
  node: NodeProto

  constructor(
    node: NodeProto,
    private readonly forward: ForwardGraph,
    private readonly gradients: Gradients,
  ) {
    this.node = node
  }

  get to() {
    return this.gradients.writer
  }

  upstream(i = 0): string {
    return this.gradients.by(this.node.output[i]!) ?? this.to.filled(this.outputShape(i), 0)
  }

  wants(i: number): boolean {
    return this.forward.varying.has(this.node.input[i] ?? '')
  }

  shape(i: number): Shape {
    return this.#shapeOf(this.node.input[i]!)
  }

  outputShape(i = 0): Shape {
    return this.#shapeOf(this.node.output[i]!)
  }

  integers(i: number): readonly number[] | undefined {
    const name = this.node.input[i] ?? ''
    return this.forward.inferred.values.get(name) ?? this.#constant(name)
  }

  number(i: number): number | undefined {
    const name = this.node.input[i] ?? ''
    const tensor = this.forward.constants.get(name)
    return tensor !== undefined && elementCount(tensor) === 1 ? readTensor(tensor)[0] : undefined
  }

  alsoGive(i: number): string {
    const { output } = this.node
    if (output[i] !== undefined && output[i] !== '') return output[i]
    const name = `${this.to.prefix}${output[0]!}/output_${i}`
    const given = Array.from({ length: Math.max(output.length, i + 1) }, (_, at) => output[at] ?? '')
    given[i] = name
    this.node = changed(this.node, { output: given })
    return name
  }

  refuse(why: string): NpluskError {
    const { opType, output } = this.node
    return new NpluskError('BAD_MODEL', `There is no gradient of the ${opType} that gives "${output[0]}": ${why}.`)
  }

  #constant(name: string): number[] | undefined {
    const tensor = this.forward.constants.get(name)
    return tensor && Array.from(readTensor(tensor))
  }

  #shapeOf(tensor: string): Shape {
    const shape = this.forward.inferred.shapes.get(tensor)
    if (shape === undefined) throw this.refuse(`the shape of "${tensor}" is not known`)
    return shape
  }
}
