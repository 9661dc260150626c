/** A TFLite model as plain data. Indices in `inputs` and `outputs` point into `tensors`. */
export interface TfliteModel {
  /** Version of the schema. */
  readonly version: number
  /** In execution order. */
  readonly operators: readonly TfliteOperator[]
  readonly tensors: readonly TfliteTensor[]
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
}

export interface TfliteTensor {
  readonly name: string
  /** Images are NHWC; convolution weights are output channels, height, width, input channels. */
  readonly shape: readonly number[]
  /** `FLOAT32`, `UINT8`, …, as the schema spells it. */
  readonly type: string
  /** value = scale · (stored − zeroPoint); one entry, or one per channel; empty where the tensor is not quantised. */
  readonly quantization: { readonly scale: readonly number[]; readonly zeroPoint: readonly number[] }
  /** Little-endian contents, a view on the file; empty for tensors computed at run time. */
  readonly data: Uint8Array
}

export type TfliteOperator = {
  readonly version: number
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
} & (
  | { readonly type: 'CONV_2D'; readonly options: ConvOptions }
  | { readonly type: 'AVERAGE_POOL_2D' | 'MAX_POOL_2D'; readonly options: PoolOptions }
  | { readonly type: 'CONCATENATION'; readonly options: { readonly axis: number; readonly activation: string } }
  | { readonly type: 'RESHAPE' }
  | { readonly type: 'OTHER'; readonly name: string }
)

export type Padding = 'SAME' | 'VALID'

/** Pairs are [height, width]. */
export interface ConvOptions {
  readonly padding: Padding
  readonly strides: readonly [number, number]
  readonly dilations: readonly [number, number]
  readonly activation: string
}

export interface PoolOptions {
  readonly padding: Padding
  readonly strides: readonly [number, number]
  readonly kernel: readonly [number, number]
  readonly activation: string
}
