import { stat } from 'node:fs/promises'
import { NpluskError } from '../../core/errors.js'
import type { AnswersOptions } from '../../workflow/write-answers.js'
import { withWarnings, type Context } from '../context.js'
import { describeAnswers } from '../reports/answers.js'
import { describePassedOver } from '../reports/passed-over.js'
import { unreadableInFile } from '../unreadable-images.js'

/** `predict --out`: the answers go to a file, and what is printed is their number. */
export async function predictIntoFile(options: AnswersOptions, context: Context): Promise<void> {
  const { json, print, printJson, remark, call } = context
  const { images } = options
  if (!(Symbol.asyncIterator in images)) for (const image of images) await checkExists(image)
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

/**
 * A path that was mistyped must not become a file of answers. In a list of very many, a missing image is answered as
 * other unreadable ones.
 */
async function checkExists(image: string): Promise<void> {
  await stat(image).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') return
    throw new NpluskError('NOT_FOUND', `There is no file or folder "${image}"; check the path.`, { cause: error })
  })
}
