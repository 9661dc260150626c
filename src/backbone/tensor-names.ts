/** Tensor names of prepared backbones and extended models; the base graph's own tensors never have them. */
export const tensorNames = {
  image: 'image',
  baseLogits: 'base_logits',
  features: 'features',
  further: 'further',
  logits: 'logits',
  probabilities: 'probabilities',
} as const

/** Prefix of every other name that is added to a graph. */
export const addedPrefix = 'nplusk/'

/** The tensor of the i-th part of `features` or `further`. */
export function partName(of: 'features' | 'further', i: number): string {
  return `${addedPrefix}${of === 'features' ? 'tap' : of}${i}`
}
