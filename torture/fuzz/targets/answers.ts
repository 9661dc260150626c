import { checkRecord, recordFileOf, type RunRecord } from '../../../src/answers/run-record.js'
import { takeUp } from '../../../src/answers/take-up.js'
import { writtenAnswers } from '../../../src/answers/written-answers.js'
import { bytesMutator } from '../mutate/bytes.js'
import { mutateJson } from '../mutate/json.js'
import { fileReader } from './reader.js'

const json = (...values: unknown[]) => values.map((value) => JSON.stringify(value))

const answer = (file: string) => JSON.stringify({ file, predictions: [{ index: 0, label: 'cat', probability: 1 }] })

/** Answers of an earlier run, gone on with. */
export const answers = fileReader(
  'answers',
  'answers.jsonl',
  () => [`${answer('a.jpg')}\n${JSON.stringify({ file: 'b.jpg', error: 'gone' })}\n${answer('c.jpg')}\n`],
  (input, random, other) =>
    (random.next() < 0.3 ? mutateJson : bytesMutator(['\n', '\r\n', 'a.jpg', '{}']))(input, random, other),
  async (path, input) => {
    const pictures = (async function* () {
      for (const file of ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg']) yield await Promise.resolve({ file, key: file })
    })()
    await takeUp(path, writtenAnswers(path, input.length), pictures)
  },
)

const run: RunRecord = {
  format: 1,
  model: { revision: 1, id: 'x' },
  provider: 'cpu',
  top: 5,
  reject: null,
  thresholds: null,
  shard: null,
}

/** What made a file of answers. */
export const runRecord = fileReader(
  'run-record',
  'answers.jsonl.run.json',
  () => json(run, { ...run, reject: 0.05, thresholds: { daisy: 0.4 }, shard: { index: 1, count: 2 } }),
  mutateJson,
  (path) => {
    const file = path.replace('.run.json', '')
    if (recordFileOf(file) !== path) throw new Error('The record lies elsewhere by now.')
    return checkRecord(file, run)
  },
)
