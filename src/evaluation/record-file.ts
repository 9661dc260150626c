import { extname } from 'node:path'
import { writeFileAtomic } from '../core/atomic-write.js'
import { NpluskError } from '../core/errors.js'
import { checkWrittenFile } from '../core/written-file.js'
import { csvLine } from './csv.js'
import { answerCount, type ImageRecord } from './evaluation-record.js'

/** How records are written: a JSON object a line, or a table. */
export type RecordFormat = 'jsonl' | 'csv'

/**
 * The format of a record file, by its name.
 *
 * @throws NpluskError `USAGE` for a name that ends in neither `.jsonl` nor `.csv`
 */
function recordFormat(file: string): RecordFormat {
  const suffix = extname(file).toLowerCase()
  if (suffix === '.jsonl') return 'jsonl'
  if (suffix === '.csv') return 'csv'
  throw new NpluskError('USAGE', `Records are written as .jsonl or .csv; give a name that ends so, not ${file}.`)
}

/**
 * Says early what would fail late.
 *
 * @throws NpluskError `USAGE` for a name that ends in neither `.jsonl` nor `.csv`; `BAD_INPUT` where something
 * else than a file is
 */
export async function checkRecordFile(file: string): Promise<void> {
  recordFormat(file)
  await checkWrittenFile(file, 'the records')
}

/**
 * Writes records to a file, line by line: as JSON exactly what they are, as CSV the columns in docs/evaluating.md.
 * Readers find the old content or the new, never a part.
 *
 * @throws NpluskError `USAGE` for a name that ends in neither `.jsonl` nor `.csv`, `IO` when the file system refuses
 */
export async function writeRecords(file: string, records: readonly ImageRecord[]): Promise<void> {
  const lines = recordFormat(file) === 'jsonl' ? jsonLines(records) : csvLines(records)
  await writeFileAtomic(file, lines)
}

function* jsonLines(records: readonly ImageRecord[]): Generator<string> {
  for (const record of records) yield `${JSON.stringify(record)}\n`
}

function* csvLines(records: readonly ImageRecord[]): Generator<string> {
  const ranks = Array.from({ length: answerCount - 1 }, (_, i) => i + 2)
  yield csvLine([
    ...['file', 'truth', 'truth_index', 'truth_increment', 'truth_probability', 'error'],
    ...['answer', 'answer_index', 'answer_increment', 'probability'],
    ...['base_answer', 'base_answer_index', 'added_answer', 'added_answer_index'],
    ...ranks.flatMap((rank) => [`answer_${rank}`, `probability_${rank}`]),
    'standout',
  ])
  for (const { file, truth, truthProbability, error, answers, baseAnswer, addedAnswer, standout } of records) {
    const [best, ...others] = answers
    yield csvLine([
      ...[file, truth.label, truth.index, truth.increment, truthProbability, error],
      ...[best!.label, best!.index, best!.increment, best!.probability],
      ...[baseAnswer.label, baseAnswer.index, addedAnswer?.label ?? null, addedAnswer?.index ?? null],
      ...ranks.flatMap((_, i) => [others[i]?.label ?? null, others[i]?.probability ?? null]),
      standout,
    ])
  }
}
