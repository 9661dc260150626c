import ort = require('onnxruntime-node')
import { NpluskError } from '../core/errors.js'
import { plainData, type PlainArray } from './plain-data.js'
import { firstLine, modelRefusal, runFailure } from './refusal.js'

const { env, InferenceSession, Tensor } = ort

// The first session fixes the level of the runtime's own log for the whole process. Errors are thrown; what the log
// says of them, such as why CUDA cannot be loaded, would only stand in the user's way.
env.logLevel = 'fatal'

/** The version of ONNX Runtime that is loaded. */
export const runtimeVersion: string = env.versions.node ?? 'unknown'

/** Where a graph runs. */
export type Provider = 'cpu' | 'cuda'

/** A tensor as plain data: row-major `data` of `dims`. */
export interface PlainTensor {
  readonly dims: readonly number[]
  readonly data: PlainArray
}

/** One loaded graph. No tensor object of the runtime leaves it. */
export interface Session extends AsyncDisposable {
  readonly provider: Provider
  /**
   * Runs the graph and returns the outputs asked for. Data given as a Float32Array goes in as float32, and so on; half
   * floats come out as float32.
   */
  run(inputs: Readonly<Record<string, PlainTensor>>, outputs: readonly string[]): Promise<Record<string, PlainTensor>>
  /** Frees the runtime's memory; a second call does nothing. */
  close(): Promise<void>
}

export interface SessionOptions {
  /** Where to write what ran where, once the session is closed: the beginning of a file's path. */
  readonly profile?: string
  /**
   * Whether the runtime's threads wait for the next run in a busy loop. Where sessions take turns, each would take the
   * processor from the others for a tenth of a second.
   * @default true
   */
  readonly spinning?: boolean
}

/**
 * Opens a graph on one execution provider.
 *
 * @param model the path of an ONNX file, or its bytes
 * @throws NpluskError `BAD_MODEL` when the runtime refuses the graph, `DEVICE_UNAVAILABLE` when CUDA cannot be loaded
 */
export async function openSession(
  model: string | Uint8Array,
  provider: Provider = 'cpu',
  { profile, spinning = true }: SessionOptions = {},
): Promise<Session> {
  const options: ort.InferenceSession.SessionOptions = {
    executionProviders: provider === 'cuda' ? ['cuda', 'cpu'] : ['cpu'],
    // Errors are thrown; the runtime's own log lines would only repeat them on stderr.
    logSeverityLevel: 4,
    ...(spinning ? {} : { extra: { session: { intra_op: { allow_spinning: '0' } } } }),
    ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
  }
  try {
    return new OrtSession(await create(model, options), provider)
  } catch (cause) {
    throw provider === 'cuda' ? await cudaRefusal(model, options, cause) : modelRefusal(cause)
  }
}

function create(
  model: string | Uint8Array,
  options: ort.InferenceSession.SessionOptions,
): Promise<ort.InferenceSession> {
  return typeof model === 'string' ? InferenceSession.create(model, options) : InferenceSession.create(model, options)
}

/** Whether the graph is to blame, which then fails on the CPU too or fails where another one works, or the provider. */
async function cudaRefusal(
  model: string | Uint8Array,
  options: ort.InferenceSession.SessionOptions,
  cause: unknown,
): Promise<NpluskError> {
  const failure = async (graph: string | Uint8Array, providers: readonly Provider[]): Promise<unknown> => {
    try {
      await (await create(graph, { ...options, enableProfiling: false, executionProviders: [...providers] })).release()
      return undefined
    } catch (error) {
      return error
    }
  }
  const onCpu = await failure(model, ['cpu'])
  if (onCpu !== undefined) return modelRefusal(onCpu)
  const { probeGraph } = await import('./probe-graph.js')
  if ((await failure(probeGraph(), ['cuda', 'cpu'])) === undefined) {
    return new NpluskError(
      'BAD_MODEL',
      `ONNX Runtime cannot load the model on CUDA, though it can on the CPU (${firstLine(cause)}).`,
      { cause, remedy: { kind: 'use-cpu' } },
    )
  }
  return new NpluskError('DEVICE_UNAVAILABLE', `The CUDA execution provider cannot be loaded (${firstLine(cause)}).`, {
    cause,
    remedy: { kind: 'diagnose-or-use-cpu' },
  })
}

class OrtSession implements Session {
  readonly provider: Provider
  readonly #session: ort.InferenceSession
  #closed = false

  constructor(session: ort.InferenceSession, provider: Provider) {
    this.#session = session
    this.provider = provider
  }

  async run(
    inputs: Readonly<Record<string, PlainTensor>>,
    outputs: readonly string[],
  ): Promise<Record<string, PlainTensor>> {
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, { data, dims }]) => [name, toTensor(data, dims)]),
    )
    const results = await this.#session.run(feeds, [...outputs]).catch((cause: unknown) => {
      throw runFailure(cause, this.provider)
    })
    return Object.fromEntries(
      outputs.map((name) => {
        const tensor = results[name]!
        return [name, { dims: tensor.dims, data: plainData(tensor) }]
      }),
    )
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#session.release()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

function toTensor(data: PlainArray, dims: readonly number[]): ort.Tensor {
  if (data instanceof Float32Array) return new Tensor('float32', data, dims)
  if (data instanceof Uint8Array) return new Tensor('uint8', data, dims)
  if (data instanceof Int32Array) return new Tensor('int32', data, dims)
  return new Tensor('int64', data, dims)
}
