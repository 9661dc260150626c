import ort = require('onnxruntime-node')
import { NpluskError } from '../core/errors.js'
import { plainData, type PlainArray } from './plain-data.js'
import { firstLine, modelRefusal, runFailure } from './refusal.js'

const { env, InferenceSession, Tensor } = ort

// The first session sets the log level for the whole process. Errors are thrown anyway; log lines about them, such as
// why CUDA cannot be loaded, would only clutter the user's terminal.
env.logLevel = 'fatal'

/** Version of the loaded ONNX Runtime. */
export const runtimeVersion: string = env.versions.node ?? 'unknown'

/** The execution provider that runs a graph. */
export type Provider = 'cpu' | 'cuda'

/** A tensor as plain data: values in row-major order, and their shape. */
export interface PlainTensor {
  readonly dims: readonly number[]
  readonly data: PlainArray
}

/** One loaded graph. ONNX Runtime's own tensor objects never leave it. */
export interface Session extends AsyncDisposable {
  readonly provider: Provider
  /** How many runs may go on side by side. @default 1 */
  readonly instances?: number
  /**
   * Runs the graph and returns the requested outputs by name. The type of each input array fixes the tensor's type
   * (Float32Array: float32, …); float16 outputs come back as float32.
   *
   * @param transfersInputs whether the inputs may go to another thread without being copied: their arrays are empty
   * afterwards. @default false
   * @throws NpluskError `BAD_MODEL` where the graph fails to run
   */
  run(
    inputs: Readonly<Record<string, PlainTensor>>,
    outputs: readonly string[],
    transfersInputs?: boolean,
  ): Promise<Record<string, PlainTensor>>
  /** Frees ONNX Runtime's memory; further calls do nothing. */
  close(): Promise<void>
}

export interface SessionOptions {
  /**
   * Whether freed memory is kept for the next operator and run. For training it costs time and memory: its tensors are
   * large, and of many sizes.
   * @default true
   */
  readonly arena?: boolean
  /** Path prefix of the profile that is written when the session closes. */
  readonly profile?: string
  /**
   * Whether ONNX Runtime's threads busy-wait for the next run. Where sessions take turns, each would keep the processor
   * from the others for a tenth of a second.
   * @default true
   */
  readonly spinning?: boolean
  /** Threads that share the work of an operator. @default one for each core */
  readonly threads?: number | undefined
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
  { arena = true, profile, spinning = true, threads }: SessionOptions = {},
): Promise<Session> {
  const options: ort.InferenceSession.SessionOptions = {
    executionProviders: provider === 'cuda' ? ['cuda', 'cpu'] : ['cpu'],
    // Errors are thrown; ONNX Runtime's log lines would only repeat them on stderr.
    logSeverityLevel: 4,
    enableCpuMemArena: arena,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
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

/** Decides whether the graph is at fault (it fails on the CPU too, or a trivial graph runs on CUDA) or the provider. */
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
