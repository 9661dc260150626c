import { scoredOf } from '../answers/answering.js'
import { scoreImages } from '../evaluation/score-images.js'
import type { Session } from '../runtime/session.js'
import type { AnswersJob, AnswersOutcome } from './jobs.js'
import { readSameFile } from './same-file.js'

/**
 * Asks a classifier about the images of a job.
 *
 * @throws NpluskError `QUEUE` as `readSameFile`
 */
export async function doAnswersJob(
  { preprocess, oneByOne, classes, oldClasses, columns, images }: AnswersJob,
  { session, machine }: { session: Session; machine: string },
): Promise<AnswersOutcome> {
  const outcome: AnswersOutcome[number][] = []
  const classifier = { session, preprocess, oneByOne, labels: { length: classes } }
  for await (const result of scoreImages(classifier, sources(), undefined)) {
    outcome.push('error' in result ? { error: result.error } : scoredOf(result, { columns, oldClasses }))
  }
  return outcome

  /** Reads a file only when it is wanted: a job of large ones would not fit into memory. */
  async function* sources() {
    for (const { path, hash, name } of images) yield { file: name, bytes: await readSameFile(path, hash, machine) }
  }
}
