import type { ErrorCode } from '../core/errors.js'
import type { Remedy } from '../core/remedies.js'
import type { PlainTensor, Provider } from './session.js'

export type NamedTensors = Readonly<Record<string, PlainTensor>>

/** What a worker is asked to do: to open a graph, then to run it, at last to end. */
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

/** What a worker says; a failure without an `id` is that of opening. */
export type WorkerAnswer =
  | { readonly type: 'open' }
  | { readonly type: 'done'; readonly id: number; readonly results: Record<string, PlainTensor> }
  | { readonly type: 'failed'; readonly id?: number; readonly failure: WorkerFailure }

/** What is handed over instead of copied: the memory of arrays that have theirs alone. */
export function buffersOf(arrays: readonly ArrayBufferView[]): ArrayBuffer[] {
  const whole = arrays.filter(
    ({ buffer, byteLength }) => buffer instanceof ArrayBuffer && byteLength === buffer.byteLength,
  )
  return [...new Set(whole.map(({ buffer }) => buffer as ArrayBuffer))]
}
