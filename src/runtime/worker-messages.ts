import type { ErrorCode } from '../core/errors.js'
import type { PlainTensor, Provider } from './session.js'

export type Tensors = Readonly<Record<string, PlainTensor>>

/** What a worker is started with. */
export interface WorkerTask {
  readonly model: string | Uint8Array
  readonly provider: Provider
}

/** What a worker is asked to do. */
export type WorkerJob = RunJob | { readonly type: 'close' }

export interface RunJob {
  readonly type: 'run'
  readonly id: number
  readonly inputs: Tensors
  readonly outputs: readonly string[]
}

export interface WorkerFailure {
  readonly code: ErrorCode
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
}

/** What a worker says; a failure without an `id` is that of opening. */
export type WorkerAnswer =
  | { readonly type: 'open' }
  | { readonly type: 'done'; readonly id: number; readonly results: Record<string, PlainTensor> }
  | { readonly type: 'failed'; readonly id?: number; readonly failure: WorkerFailure }

/** What is handed over instead of copied: the memory of tensors that have theirs alone. */
export function buffersOf(tensors: Tensors): ArrayBuffer[] {
  const whole = Object.values(tensors).filter(
    ({ data }) => data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength,
  )
  return [...new Set(whole.map(({ data }) => data.buffer as ArrayBuffer))]
}
