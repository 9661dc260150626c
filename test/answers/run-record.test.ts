import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { checkRecord, recordFileOf, writeRecord, type RunRecord } from '../../src/answers/run-record.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()
const path = () => join(folder(), 'answers.jsonl')
const run: RunRecord = {
  format: 1,
  model: { revision: 2, id: 'a' },
  provider: 'cpu',
  top: 5,
  reject: null,
  thresholds: { roses: 0.4 },
  shard: null,
}

test('an equal run goes on', async () => {
  await writeRecord(path(), run)
  await checkRecord(path(), JSON.parse(JSON.stringify(run)) as RunRecord)
})

test.each<[string, Partial<RunRecord>, string]>([
  ['revision', { model: { revision: 3, id: 'b' } }, 'revision 2 of a bundle, and this run has revision 3 of a bundle'],
  [
    'bundle',
    { model: { revision: 2, id: 'b' } },
    'revision 2 of a bundle, and this run has revision 2 of a bundle that is another',
  ],
  ['base model', { model: { revision: 0, id: 'b' } }, 'revision 2 of a bundle, and this run has a base model'],
  ['device', { provider: 'cuda' }, 'the device cpu, and this run has the device cuda'],
  ['kind of run', { provider: 'workers' }, 'the device cpu, and this run has workers of a queue'],
  ['number of answers', { top: 1 }, 'top 5, and this run has top 1'],
  ['rejection', { reject: 0.05 }, 'no rejection, and this run has a rejection rate of 0.05'],
  ['thresholds', { thresholds: { roses: 0.5 } }, 'thresholds, and this run has other thresholds'],
  ['no thresholds', { thresholds: null }, 'thresholds, and this run has no thresholds'],
  ['shard', { shard: { index: 1, count: 4 } }, 'all pictures, and this run has part 1 of 4'],
])('a run with another %s is refused', async (_, other, words) => {
  await writeRecord(path(), run)
  const refused = checkRecord(path(), { ...run, ...other })
  await expect(refused).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining(words) })
})

test('a run by workers goes on by workers alone', async () => {
  const byWorkers: RunRecord = { ...run, provider: 'workers' }
  await writeRecord(path(), byWorkers)
  await checkRecord(path(), byWorkers)
  await expect(checkRecord(path(), run)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('workers of a queue, and this run has the device cpu'),
  })
})

test('answers without a record are not gone on with', async () => {
  rmSync(recordFileOf(path()), { force: true })
  await expect(checkRecord(path(), run)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('which says what made it'),
  })
})

test('nor with a record that is damaged, at any of its bytes cut off', async () => {
  await writeRecord(path(), run)
  const text = readFileSync(recordFileOf(path()), 'utf8').trimEnd()
  for (let length = 0; length < text.length; length += 7) {
    writeFileSync(recordFileOf(path()), text.slice(0, length))
    await expect(checkRecord(path(), run)).rejects.toMatchObject({ code: 'BAD_INPUT' })
  }
  writeFileSync(recordFileOf(path()), JSON.stringify({ ...run, format: 2 }))
  await expect(checkRecord(path(), run)).rejects.toMatchObject({ code: 'BAD_INPUT' })
})
