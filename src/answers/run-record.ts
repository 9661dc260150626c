import { isDeepStrictEqual } from 'node:util'
import { revisionIdOf } from '../bundle/history/revision-file.js'
import { count, integer, name, nullable, number, object, that, type Check } from '../bundle/check-shape.js'
import type { Thresholds } from '../classes/thresholds.js'
import type { ClassifierDescription } from '../classifier/description.js'
import { writeFileAtomic } from '../core/atomic-write.js'
import { NpluskError, readError } from '../core/errors.js'
import { hashOf } from '../core/hash-of.js'
import { readText } from '../core/regular-file.js'
import type { Shard } from '../features/shard.js'
import type { Provider } from '../runtime/session.js'
import type { AnswerOptions } from './answering.js'

/** What pictures are answered on. */
export type RunProvider = Provider | 'workers'

/** What the answers in a file depend on, beside the pictures. It stands in a file of its own beside them. */
export interface RunRecord {
  readonly format: 1
  /** What answers: `revision` of the bundle, 0 for a base model; no other model has the `id`. */
  readonly model: { readonly revision: number; readonly id: string }
  /** What this process runs on; workers of a queue run on what each of them has. */
  readonly provider: RunProvider
  readonly top: number
  readonly reject: number | null
  readonly thresholds: Thresholds | null
  readonly shard: Shard | null
}

export interface RunOptions extends AnswerOptions {
  readonly shard?: Shard
}

const isProvider = that((value) => value === 'cpu' || value === 'cuda' || value === 'workers')
const byLabel = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'number')
const thresholds: Check = that((value) => value === 'best-f1' || byLabel(value))
const isRecord = object({
  format: integer(1, 1),
  model: object({ revision: count, id: name }),
  provider: isProvider,
  top: integer(1),
  reject: nullable(number(0, 1)),
  thresholds: nullable(thresholds),
  shard: nullable(object({ index: integer(1), count: integer(1) })),
})

/** The record of a run. */
export function runRecord(
  { manifest, baseHash, preprocess, labels }: ClassifierDescription,
  provider: RunProvider,
  { top = 5, reject, thresholds, shard }: RunOptions,
): RunRecord {
  const model = manifest
    ? revisionIdOf(manifest)
    : { revision: 0, id: hashOf(Buffer.from(JSON.stringify({ baseHash, preprocess, labels }))).slice(0, 16) }
  return {
    format: 1,
    model,
    provider,
    top,
    reject: reject ?? null,
    thresholds: thresholds ?? null,
    shard: shard ?? null,
  }
}

/** Where the record of a file of answers is. */
export function recordFileOf(file: string): string {
  return `${file}.run.json`
}

/** @throws NpluskError `IO` */
export async function writeRecord(file: string, record: RunRecord): Promise<void> {
  await writeFileAtomic(recordFileOf(file), `${JSON.stringify(record, null, 2)}\n`)
}

/**
 * Checks that a file of answers was begun by a run like this one.
 *
 * @throws NpluskError `CONFLICT` naming what differs, or where no record is beside the file; `BAD_INPUT` for a damaged
 * record; `IO`
 */
export async function checkRecord(file: string, run: RunRecord): Promise<void> {
  const then = describe(await readRecord(file))
  const now = describe(run)
  const i = then.findIndex(({ value }, place) => !isDeepStrictEqual(value, now[place]!.value))
  if (i < 0) return
  const { words, others } = now[i]!
  const before = then[i]!.words
  const other = before === words ? others : words
  throw new NpluskError(
    'CONFLICT',
    `${file} was begun with ${before}, and this run has ${other}; give what it was begun with, or another file.`,
  )
}

/** What must not differ, each with words for it, and for another value of the same words. */
function describe({ model, provider, top, reject, thresholds, shard }: RunRecord) {
  return [
    { value: model, words: modelWords(model), others: `${modelWords(model)} that is another` },
    { value: provider, words: provider === 'workers' ? 'workers of a queue' : `the device ${provider}` },
    { value: top, words: `top ${top}` },
    { value: reject, words: reject === null ? 'no rejection' : `a rejection rate of ${reject}` },
    { value: thresholds, words: thresholds === null ? 'no thresholds' : 'thresholds', others: 'other thresholds' },
    { value: shard, words: shard === null ? 'all pictures' : `part ${shard.index} of ${shard.count}` },
  ]
}

function modelWords({ revision }: RunRecord['model']): string {
  return revision === 0 ? 'a base model' : `revision ${revision} of a bundle`
}

async function readRecord(file: string): Promise<RunRecord> {
  const path = recordFileOf(file)
  const text = await readText(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw readError(error, path)
    throw new NpluskError(
      'CONFLICT',
      `${file} has no ${path} beside it, which says what made it; restore that, or give another file.`,
      { cause: error },
    )
  })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (isRecord(value) === undefined) return value as RunRecord
  throw new NpluskError(
    'BAD_INPUT',
    `${path} is damaged, or of another version; restore it from a copy, or give another file.`,
  )
}
