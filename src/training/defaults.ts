/** Prior probability that an image shows a new class, stated for five new classes. */
export const defaultPrior = 0.15

/** Largest loss of old accuracy, a fraction, when there are old images to measure it on. */
export const defaultMaxOldDrop = 0.01

/** Augmented views where training shows that they pay (`views/choose-views.ts`). */
export const defaultAugment = 'auto'

/** Augmented views of an old image where those of new ones are chosen: none, as in rehearsal packs. */
export const rehearsalViews = 0

export const defaultSeed = 0

/**
 * Values of ρ for cross-validation to choose from, the default first: stronger regularisation helps some small image
 * sets. Cross-validation cannot tell values between these two apart (docs/lab-notes.md).
 */
export const regularisations: readonly number[] = [3e-3, 1e-1]

/** How often fine-tuning goes through each image (docs/lab-notes.md, "Fine-tuning"). */
export const defaultEpochs = 24
