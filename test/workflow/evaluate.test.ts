import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { evaluationFigures } from '../../src/evaluation/evaluation-figures.js'
import { evaluate } from '../../src/workflow/evaluate.js'
import { input, tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

let folder: string
let place: TinyPlace

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
  await place.add({ add: [await place.draw('colours', { red: 8, green: 8 })], rehearsal: 'none' })
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('every picture that can be read has a record, of which the figures are functions', async () => {
  const colours = await place.draw('colours', { red: 3, green: 4 })
  writeFileSync(place.path('colours', 'red', 'broken.png'), 'no picture')
  const found = await evaluate({ model: place.path('bundle'), folder: colours, device: 'cpu', wrong: true })
  const { records, unreadable, wrong } = found
  expect(unreadable.map(({ file }) => basename(file))).toEqual(['broken.png'])
  expect(records).toHaveLength(7)
  for (const { file, truth, answers, error } of records) {
    expect(truth).toMatchObject({ label: basename(dirname(file)), increment: 'colours' })
    expect(answers).toHaveLength(5)
    expect(error === null).toBe(answers[0]!.index === truth.index)
  }
  expect(found).toMatchObject({ ...evaluationFigures(records) })
  expect(wrong).toHaveLength(records.filter(({ error }) => error !== null).length)
})

test('a folder that names no class is refused, or left out where that was asked for', async () => {
  const other = await place.draw('other', { red: 2, zebra: 3 })
  const options = { model: place.path('bundle'), folder: other, device: 'cpu' } as const
  await expect(evaluate(options)).rejects.toThrow(/"zebra" names no class/)
  expect(await evaluate({ ...options, skipUnknown: true })).toMatchObject({
    count: 2,
    skipped: [{ folder: 'zebra', images: 3 }],
  })
})

test('a model that nothing was added to has no answer among added classes', async () => {
  const old = await place.draw('old', { 'class 0': 2 })
  const {
    records,
    new: added,
    miss,
  } = await evaluate({ model: place.model, input, cacheDir: place.cacheDir, folder: old, device: 'cpu' })
  expect(records.map(({ addedAnswer }) => addedAnswer)).toEqual([null, null])
  expect({ added, miss }).toEqual({ added: null, miss: null })
})
