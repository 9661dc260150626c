import { NpluskError } from '../core/errors.js'
import type { Shape } from '../onnx/infer-shapes.js'
import { changed, encodeModel, type LoadedModel } from '../onnx/model.js'
import { dimsOf, floatTensor, readTensor } from '../onnx/tensor.js'
import { openSession, type PlainTensor, type Provider, type Session } from '../runtime/session.js'
import { adamW, noMoments, type AdamWOptions, type Moments } from './adamw.js'
import { gradientGraph, gradientName } from './gradient-graph.js'

/** A tensor to be trained. */
export interface Parameter {
  /** Of a float32 initialiser; training begins with its values. */
  readonly name: string
  /** What the rate of a step is multiplied by. @default 1 */
  readonly rate?: number
  /** What a step takes from the parameter itself, as a share by rate. @default 0 */
  readonly decay?: number
}

/** What is trained, and by what. */
export interface TrainerOptions extends AdamWOptions {
  /** The tensor, of one element, that is to become small. */
  readonly loss: string
  readonly parameters: readonly Parameter[]
  /** Other tensors that each step gives. @default none */
  readonly outputs?: readonly string[]
  /** The shape of each input, batch included, in plain numbers. */
  readonly shapes: Readonly<Record<string, Shape>>
  /** @default 'cpu' */
  readonly provider?: Provider
  /** @default one for each core */
  readonly threads?: number
}

/** What a step gave, as it was before the step. */
export interface TrainingStep {
  readonly loss: number
  readonly outputs: Readonly<Record<string, PlainTensor>>
}

interface Trained {
  readonly parameter: Parameter
  readonly value: { readonly dims: Shape; readonly data: Float32Array }
  readonly moments: Moments
}

/** Trains an ONNX graph by AdamW. */
export class Trainer implements AsyncDisposable {
  #steps = 0

  private constructor(
    private readonly session: Session,
    private readonly model: LoadedModel,
    private readonly options: TrainerOptions,
    private readonly trained: readonly Trained[],
  ) {}

  /**
   * @param model not changed
   * @throws NpluskError `BAD_MODEL` where the graph has no gradient or does not run, `DEVICE_UNAVAILABLE` when CUDA
   *   cannot be loaded
   */
  static async open(model: LoadedModel, options: TrainerOptions): Promise<Trainer> {
    const { loss, parameters, outputs = [], shapes, provider, threads } = options
    const graph = gradientGraph(model, { loss, by: parameters.map(({ name }) => name), outputs, shapes })
    const initializers = new Map(model.graph.initializer.map((tensor) => [tensor.name, tensor]))
    const trained = parameters.map((parameter) => {
      const tensor = initializers.get(parameter.name)
      if (tensor === undefined) {
        throw new NpluskError('BAD_MODEL', `"${parameter.name}" has no values to begin with: it is no initialiser.`)
      }
      const data = Float32Array.from(readTensor(tensor))
      return { parameter, value: { dims: dimsOf(tensor), data }, moments: noMoments(data.length) }
    })
    const session = await openSession(encodeModel(graph), provider, { threads })
    return new Trainer(session, model, options, trained)
  }

  /**
   * Takes one step.
   *
   * @param inputs of the model, in the shapes that the trainer was opened for
   * @param rate how far it goes
   */
  async step(inputs: Readonly<Record<string, PlainTensor>>, rate: number): Promise<TrainingStep> {
    const { loss, outputs = [] } = this.options
    const results = await this.session.run({ ...inputs, ...this.#values() }, [
      loss,
      ...outputs,
      ...this.trained.map(({ parameter }) => gradientName(parameter.name)),
    ])
    this.#steps++
    for (const { parameter, value, moments } of this.trained) {
      adamW(value.data, results[gradientName(parameter.name)]!.data as Float32Array, moments, {
        ...this.options,
        step: this.#steps,
        rate: rate * (parameter.rate ?? 1),
        decay: parameter.decay ?? 0,
      })
    }
    return {
      loss: results[loss]!.data[0] as number,
      outputs: Object.fromEntries(outputs.map((name) => [name, results[name]!])),
    }
  }

  /** The values of the parameters as they are now, row-major; further steps change them. */
  parameters(): Map<string, Float32Array> {
    return new Map(this.trained.map(({ parameter, value }) => [parameter.name, value.data]))
  }

  /** The model with the parameters as they are now, as an ONNX file. */
  trainedModel(): Uint8Array {
    const { graph } = this.model
    const values = this.parameters()
    const initializer = graph.initializer.map((one) => {
      const data = values.get(one.name)
      return data === undefined ? one : floatTensor(one.name, dimsOf(one), data)
    })
    return encodeModel(changed(this.model, { graph: changed(graph, { initializer }) }))
  }

  /** Frees the session's memory; further steps fail. */
  async close(): Promise<void> {
    await this.session.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #values(): Record<string, PlainTensor> {
    return Object.fromEntries(this.trained.map(({ parameter, value }) => [parameter.name, value]))
  }
}
