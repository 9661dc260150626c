/** Channels of the base graph's input; `L` is the luma, a single channel (see `input-nodes.ts`). */
export type Channels = 'RGB' | 'BGR' | 'L'

/**
 * Maps pixel values 0..255 to the input of the base graph: channels are put in order, then (x / 255 · scale − mean) /
 * std.
 */
export interface Normalisation {
  readonly channels: Channels
  /** 1 for values in 0..1, 255 for values in 0..255. */
  readonly scale: number
  /** [3] in the order of `channels`; [1] for `L`. */
  readonly mean: readonly number[]
  /** As `mean`. */
  readonly std: readonly number[]
}

/** A named normalisation that many published classifiers share. */
export interface Convention {
  readonly name: string
  readonly normalisation: Normalisation
}

const none = { mean: [0, 0, 0], std: [1, 1, 1] }

/**
 * The usual conventions for three channels; which is the likeliest depends on the exporter (`describe/exporter.ts`).
 */
export const usualConventions: readonly Convention[] = [
  {
    name: 'ImageNet mean and std',
    normalisation: { channels: 'RGB', scale: 1, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  },
  { name: '-1..1', normalisation: { channels: 'RGB', scale: 1, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } },
  {
    name: 'Caffe, BGR minus mean',
    normalisation: { channels: 'BGR', scale: 255, mean: [104, 117, 123], std: [1, 1, 1] },
  },
  { name: '0..1', normalisation: { channels: 'RGB', scale: 1, ...none } },
  {
    name: '0..255, RGB minus mean',
    normalisation: { channels: 'RGB', scale: 255, mean: [123, 117, 104], std: [1, 1, 1] },
  },
  { name: '0..255', normalisation: { channels: 'RGB', scale: 255, ...none } },
  { name: '0..255, BGR', normalisation: { channels: 'BGR', scale: 255, ...none } },
]

/** More conventions for small images: the statistics of CIFAR-10, with both standard deviations in use. */
export const smallConventions: readonly Convention[] = [
  {
    name: 'CIFAR-10 mean and std',
    normalisation: { channels: 'RGB', scale: 1, mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
  },
  {
    name: 'CIFAR-10 mean, std within pictures',
    normalisation: { channels: 'RGB', scale: 1, mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] },
  },
]

/** The usual conventions for one channel. */
export const greyConventions: readonly Convention[] = [
  { name: '0..1', normalisation: grey(1, 0, 1) },
  { name: '-1..1', normalisation: grey(1, 0.5, 0.5) },
  { name: '0..255', normalisation: grey(255, 0, 1) },
  { name: 'MNIST mean and std', normalisation: grey(1, 0.1307, 0.3081) },
]

function grey(scale: number, mean: number, std: number): Normalisation {
  return { channels: 'L', scale, mean: [mean], std: [std] }
}

/** The same normalisation with mean and std in the given order of channels. */
export function withChannels(normalisation: Normalisation, channels: 'RGB' | 'BGR'): Normalisation {
  if (normalisation.channels === channels) return normalisation
  const { scale, mean, std } = normalisation
  return { channels, scale, mean: mean.toReversed(), std: std.toReversed() }
}
