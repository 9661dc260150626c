/** Prior probability that an image shows a new class, stated for five new classes. */
export const defaultPrior = 0.15

/** Augmented views where training shows that they pay (`tables/views/choose-views.ts`). */
export const defaultAugment = 'auto'

export const defaultSeed = 0

/** How often fine-tuning goes through each image (docs/lab-notes.md, "Fine-tuning"). */
export const defaultEpochs = 24
