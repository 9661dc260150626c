/** Prior probability that an image shows a new class, where there are five and nobody says otherwise. */
export const defaultPrior = 0.15

/**
 * Share of old accuracy that new classes may cost at most, where nobody says otherwise and there are old images to tell
 * it by.
 */
export const defaultMaxOldDrop = 0.01

/** Extra views of every training image: from three on in all, more bring little (docs/lab-notes.md). */
export const defaultAugment = 2

export const defaultSeed = 0

/**
 * Values of ρ that cross-validation chooses among, the likeliest first: more restraint helps some sets of few images.
 * Values between them differ by less than cross-validation can tell (docs/lab-notes.md).
 */
export const regularisations: readonly number[] = [3e-3, 1e-1]
