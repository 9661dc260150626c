/** The image input of a classifier. */
export interface ImageInput {
  readonly name: string
  readonly layout: 'NCHW' | 'NHWC'
  readonly type: 'float32' | 'float16' | 'uint8'
  /** In pixels; `undefined` where the graph leaves it free. */
  readonly width: number | undefined
  readonly height: number | undefined
  readonly channels: number
  /** `free`, or the one batch size that the graph declares. */
  readonly batch: 'free' | number
}

/** A tensor of the graph that, averaged over `axes`, describes an image by `size` numbers. */
export interface Feature {
  readonly tensor: string
  readonly size: number
  /** Spatial or token axes to average to reach [batch, size]; empty where there are none but unit dimensions. */
  readonly axes: readonly number[]
  readonly channelAxis: number
  /** Take this index of this axis (a class token) instead of averaging over it. */
  readonly select?: { readonly axis: number; readonly index: number }
  /**
   * Constants for a DequantizeLinear to put before anything else, where the tensor holds 8-bit integers; `zeroPoint`
   * may be ''.
   */
  readonly dequantise?: { readonly scale: string; readonly zeroPoint: string }
}

/** Where a classifier's head is, what it reads and what it makes. */
export interface HeadLocation {
  readonly input: ImageInput
  /** Name, or first output, of the node that makes the class scores. */
  readonly head: string
  /** For people: `Gemm`, `MatMul+Add`, `Conv1x1`, `QDQ Gemm`, `QLinearMatMul`, … */
  readonly kind: string
  /** The class scores before any Softmax: `classes` values an image, whatever unit dimensions. */
  readonly logits: string
  /** Constants by which they are to be read, where they are 8-bit integers. */
  readonly dequantiseLogits?: Feature['dequantise']
  /** `flat` is [batch, classes], `spatial` has unit dimensions besides ([batch, classes, 1, 1]). */
  readonly logitsShape: 'flat' | 'spatial'
  /** The graph's own probabilities, where a Softmax follows the logits. */
  readonly probabilities?: string
  /** Whether every score has a sigmoid of its own in the graph, so that classes do not exclude each other. */
  readonly isMultiLabel: boolean
  /** The graph's output that led to the head, or with a named head the last tensor that holds its scores. */
  readonly output: string
  /** Outputs of heads that score other classes, which are left out. */
  readonly otherOutputs: readonly string[]
  /** How many classes the head has, a background class included. */
  readonly classes: number
  /** What the head reads. */
  readonly bottleneck: Feature
  /** The head's weights, absent where two heads are summed; `transposed` means stored as [classes, size]. */
  readonly weights?: {
    readonly kernel: string
    readonly bias?: string
    readonly transposed: boolean
  }
  /** Outputs of the last blocks before the bottleneck, the shallowest first; empty where none is found. */
  readonly taps: readonly Feature[]
}
