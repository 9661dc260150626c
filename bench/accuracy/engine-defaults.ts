/** What `extend` does where nobody says otherwise. */
export const views = { augment: 2, seed: 0 }

/** What `extend` trains with where nobody says otherwise. */
export const training = { seed: 0, prior: 0.25 }

/** Values of ρ that the engine's cross-validation chooses among: the same for every method. */
export const regularisations: readonly number[] = [1e-2, 3e-3, 3e-2]
