/** What happens to a pixel value (0..255) before the base graph sees it: channel order, then (x / 255 · scale − mean) / std. */
export interface Normalisation {
  readonly channels: 'RGB' | 'BGR'
  /** 1 for values in 0..1, 255 for values in 0..255. */
  readonly scale: number
  /** [3] in the order of `channels`. */
  readonly mean: readonly number[]
  /** [3] in the order of `channels`. */
  readonly std: readonly number[]
}

/** A way of scaling pixels that many published classifiers share. */
export interface Convention {
  readonly name: string
  readonly normalisation: Normalisation
}

const none = { mean: [0, 0, 0], std: [1, 1, 1] }

/** The usual conventions, the most usual first: where images do not tell two apart, the earlier one is taken. */
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

/** The same convention for a model that wants its channels in the given order. */
export function withChannels(normalisation: Normalisation, channels: Normalisation['channels']): Normalisation {
  if (normalisation.channels === channels) return normalisation
  const { scale, mean, std } = normalisation
  return { channels, scale, mean: mean.toReversed(), std: std.toReversed() }
}
