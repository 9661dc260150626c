/** The fault of an image with a NaN or infinite logit or probability. */
export const scoresNotFinite = 'answers it with scores that are no finite numbers'

/**
 * A sentence on an image that the model cannot process.
 *
 * @param fault as the end of "the model …"
 */
export function uselessImage(file: string, fault: string): string {
  return `Cannot use "${file}": the model ${fault}, as some do for pictures of one colour; replace or remove it.`
}
