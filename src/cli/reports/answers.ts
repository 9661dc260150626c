import type { AnswersResult } from '../../workflow/write-answers.js'
import { count, duration, printable } from '../format.js'

/** What a file of answers holds. */
export function describeAnswers({ file, images, resumed, seconds }: AnswersResult): string {
  const earlier = resumed > 0 ? `, ${resumed} of them from before` : ''
  return `Answers to ${count(images, 'image')} in ${printable(file)}${earlier} (${duration(seconds)}).`
}
