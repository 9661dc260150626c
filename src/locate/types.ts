/** The image input of a classifier. */
export interface ImageInput {
  readonly name: string
  readonly layout: 'NCHW' | 'NHWC'
  readonly type: 'float32' | 'float16' | 'uint8'
  /** In pixels; `undefined` where the graph leaves it free. */
  readonly width: number | undefined
  readonly height: number | undefined
  readonly channels: number
  /** `free`, or the fixed batch size that the graph declares. */
  readonly batch: 'free' | number
}

/** Averages over the cells of a grid of positions instead of over all of them. */
export interface Grid {
  /** Cells along each side. */
  readonly cells: number
  /** [height, width] of a cell */
  readonly kernel: readonly number[]
  /** [height, width] from one cell to the next */
  readonly stride: readonly number[]
  /** How tokens [batch, tokens, size] are positions: `others` first, then those of a picture of these sides. */
  readonly tokens?: { readonly others: number; readonly sides: readonly number[] }
}

/** A tensor of the graph that, averaged over `axes`, describes an image by `size` numbers. */
export interface Feature {
  readonly tensor: string
  /** Channels, times the cells of a grid. */
  readonly size: number
  /** Spatial or token axes to average over to get [batch, size]; unit axes need not be listed. */
  readonly axes: readonly number[]
  readonly channelAxis: number
  /** Select this index of this axis (a class token) instead of averaging over it. */
  readonly select?: { readonly axis: number; readonly index: number }
  /** One average for each cell instead of a single one, channel by channel. */
  readonly grid?: Grid
  /**
   * Initialisers for a DequantizeLinear to apply first, where the tensor holds 8-bit integers; `zeroPoint` is '' where
   * there is none.
   */
  readonly dequantise?: { readonly scale: string; readonly zeroPoint: string }
}

/** Where a classifier's head is, what it reads and what it computes. */
export interface HeadLocation {
  readonly input: ImageInput
  /** Name, or else first output, of the node that computes the class scores. */
  readonly head: string
  /** Kind of the head, for display: `Gemm`, `MatMul+Add`, `Conv1x1`, `QDQ Gemm`, `QLinearMatMul`, … */
  readonly kind: string
  /** Tensor of the class scores before any softmax: `classes` values per image, perhaps with unit dimensions. */
  readonly logits: string
  /** Scale and zero point of the logits, where they are 8-bit integers. */
  readonly dequantiseLogits?: Feature['dequantise']
  /**
   * `flat` is [batch, classes]; `spatial` has further unit dimensions ([batch, classes, 1, 1]); `squeezed` lacks the
   * batch where it is 1.
   */
  readonly logitsShape: 'flat' | 'spatial' | 'squeezed'
  /** Tensor of the graph's own probabilities, where a softmax follows the logits. */
  readonly probabilities?: string
  /** Whether scores go through a sigmoid in the graph, so that classes do not exclude each other. */
  readonly isMultiLabel: boolean
  /** The graph's output that led to the head; with a named head, the last tensor that holds its scores. */
  readonly output: string
  /** A node after `output` that changes the scores, and is left out. */
  readonly leftOut?: { readonly name: string; readonly operator: string }
  /** Outputs of heads for other classes, which are ignored. */
  readonly otherOutputs: readonly string[]
  /** Number of classes of the head, including a background class. */
  readonly classes: number
  /** What the head reads. */
  readonly bottleneck: Feature
  /** Tensors of the head's weights, absent where two heads are summed; `transposed` means stored as [classes, size]. */
  readonly weights?: {
    readonly kernel: string
    readonly bias?: string
    readonly transposed: boolean
  }
  /** Outputs of the last blocks before the bottleneck, the shallowest first; empty where none is found. */
  readonly taps: readonly Feature[]
  /** Further layers that heads may read; see `findLayers`. */
  readonly candidates: readonly Feature[]
}
