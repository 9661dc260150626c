import type { ErrorCode } from '../core/errors.js'
import type { Remedy } from '../core/remedies.js'
import type { PlainTensor, Provider } from './session.js'

export type NamedTensors = Readonly<Record<string, PlainTensor>>

/** Requests to a worker: open a graph, run it any number of times, close. */
export type SessionJob = OpenJob | RunJob | { readonly type: 'close' }

/** An ONNX model: the path of its file, or its bytes. */
export type Model = string | Uint8Array

export interface OpenJob {
  readonly type: 'open'
  readonly model: Model
  readonly provider: Provider
  readonly threads?: number | undefined
}

export interface RunJob {
  readonly type: 'run'
  readonly id: number
  readonly inputs: NamedTensors
  readonly outputs: readonly string[]
}

export interface WorkerFailure {
  readonly code: ErrorCode
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
  readonly remedy?: Remedy | undefined
}

/** Replies of a worker: it gives a model back once it is open; a failure without an `id` is a failure to open. */
export type WorkerAnswer =
  | { readonly type: 'open'; readonly model: Model }
  | { readonly type: 'done'; readonly id: number; readonly results: Record<string, PlainTensor> }
  | { readonly type: 'failed'; readonly id?: number; readonly failure: WorkerFailure }

/** The buffer of a model that can be transferred. */
export function modelBuffers(model: Model): ArrayBuffer[] {
  return typeof model === 'string' ? [] : buffersOf([model])
}

/** Buffers that can be transferred instead of copied: those that a single array fills completely. */
export function buffersOf(arrays: readonly ArrayBufferView[]): ArrayBuffer[] {
  const filling = arrays.filter(
    ({ buffer, byteLength }) => buffer instanceof ArrayBuffer && byteLength === buffer.byteLength,
  )
  return [...new Set(filling.map(({ buffer }) => buffer as ArrayBuffer))]
}
