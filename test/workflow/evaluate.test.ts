import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { OnProgress } from '../../src/core/progress.js'
import { evaluationFigures } from '../../src/evaluation/evaluation-figures.js'
import { loadClassifier } from '../../src/workflow/classifier.js'
import { evaluate } from '../../src/workflow/evaluate.js'
import { input, tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

let folder: string
let place: TinyPlace

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
  await place.add({ add: [await place.draw('colours', { red: 8, green: 8 })], rehearsal: 'none' })
})

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
  const unranked = evaluationFigures(records)
  const ranks = { averagePrecision: expect.anything(), bestF1: expect.anything() }
  expect(found).toMatchObject({ ...unranked, perClass: unranked.perClass.map((one) => ({ ...one, ...ranks })) })
  expect(wrong).toHaveLength(records.filter(({ error }) => error !== null).length)
})

test('classes are ranked by their probability for every image, among the best five answers or not', async () => {
  const mixed = await place.draw('mixed', { red: 5, green: 5, 'class 0': 4, 'class 3': 6 })
  const { perClass, records } = await evaluate({ model: place.path('bundle'), folder: mixed, device: 'cpu' })
  const classifier = await loadClassifier({ model: place.path('bundle'), device: 'cpu' })
  const probabilities = new Map<string, ReadonlyMap<string, number>>()
  try {
    const files = records.map(({ file }) => file)
    for await (const result of classifier.classify(files, { top: 12 })) {
      if ('error' in result) throw new Error(result.error)
      probabilities.set(result.file, new Map(result.predictions.map(({ label, probability }) => [label, probability])))
    }
  } finally {
    await classifier.close()
  }
  expect(perClass.map(({ label }) => label)).toEqual(['class 0', 'class 3', 'green', 'red'])
  for (const { label, averagePrecision } of perClass) {
    const scored = records.map(({ file, truth }) => ({
      score: probabilities.get(file)!.get(label)!,
      shows: truth.label === label,
    }))
    const own = scored.filter(({ shows }) => shows)
    const precisions = own.map(({ score }) => {
      const above = scored.filter((one) => one.score >= score)
      return above.filter(({ shows }) => shows).length / above.length
    })
    expect(averagePrecision).toBeCloseTo(precisions.reduce((sum, one) => sum + one) / own.length, 9)
  }
  for (const { file, truth, truthProbability } of records)
    expect(truthProbability).toBe(probabilities.get(file)!.get(truth.label))
})

test('what the base model answers is what it answers by itself, also where classes are merged into its own', async () => {
  const folder = await place.draw('joined', { red: 6, 'class 3': 8, 'class 5': 8 })
  const out = place.path('merged')
  await place.add({ add: [folder], rehearsal: await place.draw('kept', { any: 12 }), overlap: 'merge', out })
  await place.draw('joined', { red: 3, 'class 3': 6, 'class 5': 6, 'class 0': 4 })
  const found = await evaluate({ model: out, folder, device: 'cpu' })
  const { model, cacheDir } = place
  const own = new Map<string, string>()
  const base = await loadClassifier({ model, input, cacheDir, device: 'cpu' })
  try {
    for await (const result of base.classify(found.records.map(({ file }) => file))) {
      if ('error' in result) throw new Error(result.error)
      own.set(result.file, result.predictions[0]!.label)
    }
  } finally {
    await base.close()
  }
  const said = new Map(found.records.map(({ file, baseAnswer }) => [file, baseAnswer.label]))
  expect(said).toEqual(own)
  const isRight = found.records.map(({ file, truth }) => own.get(file) === truth.label)
  const old = isRight.filter((_, i) => found.records[i]!.truth.increment === 'base')
  expect(found.old!.top1Base).toBe(old.filter(Boolean).length / old.length)
  // The merged head says otherwise, so that the largest of the old logits would not do.
  const differ = found.records.filter(
    ({ file, answers: [best] }) => best!.increment === 'base' && best!.label !== own.get(file),
  )
  expect(differ.length).toBeGreaterThan(3)
  const reported = await evaluate({ model: out, folder, device: 'cpu', report: { file: place.path('merged.html') } })
  expect(reported).toEqual(found)
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

test('a report that cannot be written costs no figure, and a warning says why', async () => {
  const late = await place.draw('late', { red: 3, green: 4 })
  const options = { model: place.path('bundle'), folder: late, device: 'cpu' } as const
  const file = place.path('late.html')
  const codes: string[] = []
  const onProgress: OnProgress = (event) => {
    // The place of the report becomes a folder once it was checked.
    if (event.type === 'progress') mkdirSync(join(file, 'in it'), { recursive: true })
    if (event.type === 'warning') codes.push(event.code)
  }
  const { unwritten, ...found } = await evaluate({ ...options, report: { file }, onProgress })
  expect(unwritten).toEqual(['report'])
  expect(codes).toEqual(['REPORT_FAILED'])
  const warnings = [expect.stringMatching(/^The figures are made, but the report failed: Cannot write /)]
  expect(found).toEqual({ ...(await evaluate(options)), warnings })
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
