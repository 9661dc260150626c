import type { RefitOptions } from '../../src/workflow/refit.js'

/** What `extend` does where nobody says otherwise. */
export const views = { augment: 1, seed: 0 }

/** What `extend` trains with where nobody says otherwise. */
export const training: RefitOptions = { seed: 0, prior: 0.25 }

/** Values of ρ that the engine's cross-validation chooses among: the same for every method. */
export const regularisations: readonly number[] = [1e-1, 3e-2, 1e-2]
