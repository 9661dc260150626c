/**
 * Values of ρ for cross-validation to choose from, the default first: stronger regularisation helps some small image
 * sets. Cross-validation cannot tell values between these two apart (docs/lab-notes.md).
 */
export const regularisations: readonly number[] = [3e-3, 1e-1]
