/** What is wrong with an image of which a logit or a probability is NaN or infinite. */
export const scoresNotFinite = 'answers it with scores that are no finite numbers'

/** A sentence on a picture that a model cannot make anything of. @param fault as the end of "the model …" */
export function uselessImage(file: string, fault: string): string {
  return `Cannot use "${file}": the model ${fault}, as some do for pictures of one colour; replace or remove it.`
}
