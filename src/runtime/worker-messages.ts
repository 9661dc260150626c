import type { ErrorCode } from '../core/errors.js'
import type { Remedy } from '../core/remedies.js'
import type { PlainTensor, Provider } from './session.js'

export type NamedTensors = Readonly<Record<string, PlainTensor>>

/** Requests to a worker: open a graph, run it any number of times, close. */
export type SessionJob = OpenJob | RunJob | { readonly type: 'close' }

export interface OpenJob {
  readonly type: 'open'
  readonly model: string | Uint8Array
  readonly provider: Provider
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

/** Replies of a worker; a failure without an `id` is a failure to open. */
export type WorkerAnswer =
  | { readonly type: 'open' }
  | { readonly type: 'done'; readonly id: number; readonly results: Record<string, PlainTensor> }
  | { readonly type: 'failed'; readonly id?: number; readonly failure: WorkerFailure }

/** Buffers that can be transferred instead of copied: those that a single array fills completely. */
export function buffersOf(arrays: readonly ArrayBufferView[]): ArrayBuffer[] {
  const filling = arrays.filter(
    ({ buffer, byteLength }) => buffer instanceof ArrayBuffer && byteLength === buffer.byteLength,
  )
  return [...new Set(filling.map(({ buffer }) => buffer as ArrayBuffer))]
}
