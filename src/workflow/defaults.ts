/** Prior probability that an image shows a new class, where nobody says otherwise. */
export const defaultPrior = 0.25

/** Extra views of every training image: from three on in all, more bring little (docs/results.md). */
export const defaultAugment = 2

/** Values of ρ that cross-validation chooses among, the likeliest first. */
export const regularisations: readonly number[] = [1e-2, 3e-3, 3e-2]
