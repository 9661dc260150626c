import { dirname, extname } from 'node:path'
import { ioError, NpluskError } from '../core/errors.js'
import { checkWrittenFile, pathToReplace } from '../core/written-file.js'
import { flushFolder } from '../core/flush.js'
import { makeFolder } from '../core/make-folder.js'
import { sizeOf } from '../core/size-of.js'
import { AnswerFile } from './answer-file.js'
import { checkRecord, writeRecord, type RunRecord } from './run-record.js'

/**
 * Says early what would fail late.
 *
 * @param resume whether answers that are there already are gone on with
 * @throws NpluskError `USAGE` for a name that does not end in `.jsonl`; `BAD_INPUT` where something else than a file
 * is; `CONFLICT` where a file holds answers that would be lost
 */
export async function checkAnswerFile(out: string, resume: boolean): Promise<void> {
  if (extname(out).toLowerCase() !== '.jsonl')
    throw new NpluskError(
      'USAGE',
      `Answers are written as .jsonl, a line for each picture; give a name that ends so, not ${out}.`,
    )
  await checkWrittenFile(out, 'the answers')
  if (!resume && (await sizeOf(out)) > 0) {
    throw new NpluskError('CONFLICT', `${out} is there already.`, {
      remedy: { kind: 'resume-or-choose-another' },
    })
  }
}

/**
 * Opens the file of a run: a new one with its record, or one that an equal run has begun. Must be closed.
 *
 * @throws NpluskError as `checkRecord` and `AnswerFile.open`
 */
export async function openRun(out: string, run: RunRecord): Promise<AnswerFile> {
  const path = await pathToReplace(out)
  makeFolder(dirname(path))
  const file = await AnswerFile.open(path)
  try {
    // The record comes before the first answer: without it, answers could not be gone on with.
    if (file.length > 0) await checkRecord(path, run)
    else await writeRecord(path, run)
    await flushFolder(dirname(path))
    return file
  } catch (error) {
    await file[Symbol.asyncDispose]()
    throw ioError(error, `write ${path}`)
  }
}
