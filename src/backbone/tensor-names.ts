/** The names of a prepared backbone's and an extended model's tensors; a base graph's own tensors never bear them. */
export const tensorNames = {
  image: 'image',
  baseLogits: 'base_logits',
  features: 'features',
  logits: 'logits',
  probabilities: 'probabilities',
} as const

/** Everything added to a graph is named under this prefix. */
export const addedPrefix = 'nplusk/'
