import { defaultAugment, defaultPrior } from '../../src/training/defaults.js'

/** What `extend` does where nobody says otherwise. */
export const views = { augment: defaultAugment, seed: 0 }

/** What `extend` trains with where nobody says otherwise. */
export const training = { seed: 0, prior: defaultPrior }

/** Values of ρ that the engine's cross-validation chooses among: the same for every method. */
export { regularisations } from '../../src/head/regularisations.js'
