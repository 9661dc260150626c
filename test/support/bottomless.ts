import type { TrainingBackend } from '../../src/head/linear/types.js'

/** A loss that falls with every step and never ends; for one class. */
export const bottomless: TrainingBackend = {
  compact: false,
  open() {
    let evaluations = 0
    return Promise.resolve({
      evaluate(groups) {
        evaluations++
        return Promise.resolve({
          loss: new Float64Array(groups[0]!.bias.length).fill(-evaluations),
          groups: groups.map(({ weight, bias }) => ({
            weight: new Float32Array(weight.length).fill(1),
            bias: new Float32Array(bias.length).fill(1),
          })),
        })
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    })
  },
}
