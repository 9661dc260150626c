import type { HeadMethod, Training } from './head-method.js'

/** Trains heads by several methods, the plainest first, and takes one by their held-out losses. */
export function leastLoss(methods: readonly HeadMethod[]): HeadMethod {
  return {
    readsByColumn: methods.every(({ readsByColumn }) => readsByColumn),
    async train(set, options) {
      const all: { readonly training: Training; readonly losses: Float64Array }[] = []
      for (const method of methods) {
        const training = await method.train(set, options)
        all.push({ training, losses: training.heldOutLosses() })
      }
      const best = all[bestOf(all.map(({ losses }) => losses))]!
      const triedKinds = all.map(({ training, losses }) => ({ kind: training.heads[0]!.kind, loss: sumOf(losses) }))
      return { ...best.training, triedKinds }
    },
  }
}

/**
 * The place of the least losses; but of the first of two whose losses differ by less than the standard error of the
 * difference (Breiman et al. 1984).
 *
 * @param all of each method, what every image adds to its loss
 */
export function bestOf(all: readonly Float64Array[]): number {
  return all.reduce((best, losses, i) => (isBetter(losses, all[best]!) ? i : best), 0)
}

/** Whether losses are lower than others of the same images by more than so many standard errors of the difference. */
export function isBetter(losses: Float64Array, others: Float64Array, standardErrors = 1): boolean {
  const gains = losses.map((loss, i) => others[i]! - loss)
  const gain = sumOf(gains)
  const variance = gains.reduce((sum, one) => sum + (one - gain / gains.length) ** 2, 0)
  return gain > standardErrors * Math.sqrt(variance)
}

/** The sum of losses. */
export function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0)
}
