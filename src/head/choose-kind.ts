import type { HeadMethod, Training } from './head-method.js'

/** Trains heads by several methods, and takes the one of least held-out loss; of equal ones, the first. */
export function leastLoss(methods: readonly HeadMethod[]): HeadMethod {
  return {
    async train(set, options) {
      let best: { readonly training: Training; readonly loss: number } | undefined
      const triedKinds = []
      for (const method of methods) {
        const training = await method.train(set, options)
        const loss = training.heldOutLoss()
        triedKinds.push({ kind: training.head.kind, loss })
        if (best === undefined || loss < best.loss) best = { training, loss }
      }
      return { ...best!.training, triedKinds }
    },
  }
}
