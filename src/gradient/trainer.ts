import { NpluskError } from '../core/errors.js'
import { count } from '../core/numbers.js'
import { allFinite } from '../math/finite.js'
import type { Shape } from '../onnx/infer-shapes.js'
import { encodeModel, type LoadedModel } from '../onnx/model.js'
import { dimsOf, readTensor } from '../onnx/tensor.js'
import { openSession, type PlainTensor, type Provider, type Session } from '../runtime/session.js'
import { adamW, noMoments, type AdamWOptions, type Moments } from './adamw.js'
import { checkInputs } from './check-inputs.js'
import { gradientGraph } from './gradient-graph.js'
import { gradientName } from './gradient-options.js'
import { withValues } from './trained-model.js'
import { goOn, type TrainerState } from './trainer-state.js'

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
  /** Where training was when it stopped. @default its beginning */
  readonly from?: TrainerState | undefined
}

/** What a step gave, as it was before the step. */
export interface TrainingStep {
  readonly loss: number
  readonly outputs: Readonly<Record<string, PlainTensor>>
}

interface Trained {
  readonly parameter: Parameter
  readonly values: { readonly dims: Shape; readonly data: Float32Array }
  readonly moments: Moments
}

/** Trains an ONNX graph by AdamW. */
export class Trainer implements AsyncDisposable {
  #steps = 0
  #isOpen = true
  /** By the parameter's name: the gradient of the parts of a batch so far. */
  #gradients = new Map<string, Float32Array>()

  private constructor(
    private readonly session: Session,
    private readonly model: LoadedModel,
    private readonly options: TrainerOptions,
    private readonly trained: readonly Trained[],
  ) {}

  /**
   * @param model not changed
   * @throws NpluskError `BAD_MODEL` where the graph has no gradient or does not run, `DEVICE_UNAVAILABLE` when CUDA
   *   cannot be loaded, `USAGE` where `from` is of another model
   */
  static async open(model: LoadedModel, options: TrainerOptions): Promise<Trainer> {
    const { from, ...others } = options
    const { loss, parameters, outputs = [], shapes, provider, threads } = others
    const graph = gradientGraph(model, { loss, by: parameters.map(({ name }) => name), outputs, shapes })
    const initializers = new Map(model.graph.initializer.map((tensor) => [tensor.name, tensor]))
    const trained = parameters.map((parameter) => {
      const tensor = initializers.get(parameter.name)
      if (tensor === undefined) {
        throw new NpluskError('BAD_MODEL', `"${parameter.name}" has no values to begin with: it is no initialiser.`)
      }
      const data = Float32Array.from(readTensor(tensor))
      const begun = { parameter, values: { dims: dimsOf(tensor), data }, moments: noMoments(data.length) }
      if (from !== undefined) goOn(parameter.name, { values: data, ...begun.moments }, from)
      return begun
    })
    const session = await openSession(encodeModel(graph), provider, { threads, arena: false })
    const trainer = new Trainer(session, model, others, trained)
    trainer.#steps = from?.steps ?? 0
    return trainer
  }

  /**
   * Takes one step, by the gradient of the inputs' loss and of what `accumulate` was given since the last one.
   *
   * @param inputs of the model, in the shapes that the trainer was opened for
   * @param rate how far it goes
   * @throws NpluskError `USAGE` where inputs are missing or of another shape, the rate is no number, or the trainer is
   *   closed; `BAD_MODEL`, with it as `data.loss`, where the loss or a gradient is no number any more. The
   *   parameters are then as before.
   */
  async step(inputs: Readonly<Record<string, PlainTensor>>, rate: number): Promise<TrainingStep> {
    if (!Number.isFinite(rate)) {
      throw new NpluskError('USAGE', `The rate of a step is to be a number, not ${rate}.`)
    }
    const result = await this.accumulate(inputs)
    this.#steps++
    for (const { parameter, values, moments } of this.trained) {
      adamW(values.data, this.#gradients.get(parameter.name)!, moments, {
        ...this.options,
        step: this.#steps,
        rate: rate * (parameter.rate ?? 1),
        decay: parameter.decay ?? 0,
      })
    }
    this.#gradients.clear()
    return result
  }

  /**
   * Takes in a part of a batch that would take too much memory as a whole: the next step goes by the sum of the
   * gradients.
   *
   * @param inputs as for `step`
   * @throws NpluskError as `step`; what was taken in before stays
   */
  async accumulate(inputs: Readonly<Record<string, PlainTensor>>): Promise<TrainingStep> {
    const { loss, outputs = [] } = this.options
    if (!this.#isOpen) throw new NpluskError('USAGE', 'The trainer is closed.')
    checkInputs(inputs, this.options.shapes)
    const results = await this.session.run({ ...inputs, ...this.#values() }, [
      loss,
      ...outputs,
      ...this.trained.map(({ parameter }) => gradientName(parameter.name)),
    ])
    const value = results[loss]!.data[0] as number
    if (!Number.isFinite(value)) throw this.#noNumber(`The loss is ${value}`, value)
    const gradients = this.trained.map(({ parameter: { name } }) => {
      return [name, results[gradientName(name)]!.data as Float32Array] as const
    })
    const wrong = gradients.find(([, gradient]) => !allFinite(gradient))
    if (wrong) throw this.#noNumber(`The gradient by "${wrong[0]}" is no number`, value)
    for (const [name, gradient] of gradients) {
      const sum = this.#gradients.get(name)
      if (sum === undefined) this.#gradients.set(name, gradient)
      else for (let i = 0; i < sum.length; i++) sum[i]! += gradient[i]!
    }
    return {
      loss: value,
      outputs: Object.fromEntries(outputs.map((name) => [name, results[name]!])),
    }
  }

  /** The values of the parameters as they are now, row-major; further steps change them. */
  parameters(): Map<string, Float32Array> {
    return new Map(this.trained.map(({ parameter, values }) => [parameter.name, values.data]))
  }

  /**
   * All that training can go on from, with the option `from`, but for parts of a batch; further steps change its
   * arrays.
   */
  state(): TrainerState {
    const parameters = this.trained.map(({ parameter, values, moments }) => {
      return [parameter.name, { values: values.data, ...moments }] as const
    })
    return { steps: this.#steps, parameters: Object.fromEntries(parameters) }
  }

  /**
   * The model with the parameters as they are now, as an ONNX file.
   *
   * @param outputs of the model; the file has these alone and what they need, so no loss. @default all
   * @throws NpluskError `BAD_MODEL` where the model has no such output
   */
  trainedModel(outputs?: readonly string[]): Uint8Array {
    return encodeModel(withValues(this.model, this.parameters(), outputs))
  }

  /** Frees the session's memory; further steps fail. */
  async close(): Promise<void> {
    this.#isOpen = false
    await this.session.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #noNumber(problem: string, loss: number): NpluskError {
    const remedy = this.#steps === 0 ? 'look at the inputs and the weights it begins with' : 'try a lower rate'
    const message = `${problem} after ${count(this.#steps, 'step')}; ${remedy}.`
    return new NpluskError('BAD_MODEL', message, { data: { loss } })
  }

  #values(): Record<string, PlainTensor> {
    return Object.fromEntries(this.trained.map(({ parameter, values }) => [parameter.name, values]))
  }
}
