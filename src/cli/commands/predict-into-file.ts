import type { AnswersOptions } from '../../workflow/write-answers.js'
import { withWarnings, type Context } from '../context.js'
import { describeAnswers } from '../reports/answers.js'
import { describePassedOver } from '../reports/passed-over.js'
import { unreadableInFile } from '../unreadable-images.js'

/** `predict --out`: the answers go to a file, and what is printed is their number. */
export async function predictIntoFile(options: AnswersOptions, context: Context): Promise<void> {
  const { json, print, printJson, remark, call } = context
  const { writeAnswers } = await import('../../workflow/write-answers.js')
  const result = await writeAnswers({
    ...withWarnings(context),
    ...options,
    onAnswered: (done, total) => call.onProgress({ type: 'progress', stage: 'predict', done, total, unit: 'images' }),
  })
  for (const line of describePassedOver(result.passedOver)) remark(line)
  if (json) printJson(result)
  else print(describeAnswers(result))
  if (result.unreadable > 0) throw unreadableInFile(result.unreadable, result.images, result.file)
}
