import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { manifestFile } from '../../src/bundle/layout.js'
import type { Manifest } from '../../src/bundle/manifest.js'
import type { EvaluationRecord } from '../../src/evaluation/evaluation-record.js'
import { shareOf } from '../../src/evaluation/metrics.js'
import type { Evaluation } from '../../src/evaluation/evaluation.js'
import type { ExtendResult } from '../../src/workflow/extend.js'
import { fixtures, openWorkplace, type Workplace } from './workplace.js'

// Flowers are added from a folder with copies and a damaged file; then folders of many names are measured.

let place: Workplace
let added: ExtendResult

beforeAll(async () => {
  place = openWorkplace()
  place.flowers('fl', { orchid: 8, poppy: 8, snowdrop: 8 })
  cpSync(place.path('fl', 'poppy', '01.jpg'), place.path('fl', 'poppy', 'the same.jpg'))
  await sharp(place.path('fl', 'orchid', '02.jpg'))
    .jpeg({ quality: 90 })
    .toFile(place.path('fl', 'orchid', 'again.jpg'))
  writeFileSync(place.path('fl', 'snowdrop', 'broken.jpg'), 'no picture')
  mkdirSync(place.path('fl', 'banana'))
  cpSync(join(fixtures, 'objects', 'banana.jpg'), place.path('fl', 'banana', 'one.jpg'))
  added = await place.json(['--add', 'fl'])
})

afterAll(() => place.remove())

/** A folder to measure: pictures of the test flowers under any names. */
function pictures(name: string, folders: Readonly<Record<string, string>>): string {
  for (const [folder, flower] of Object.entries(folders)) {
    const from = flower === 'banana' ? place.path('fl', 'banana') : join(fixtures, 'flowers-test', flower)
    cpSync(from, place.path(name, folder), { recursive: true })
  }
  return name
}

describe('--add tells what became of its files', () => {
  test('and the numbers add up', () => {
    expect(added.images).toEqual({ given: 28, used: 25, unreadable: 1, duplicate: 2, passedOver: 0 })
    expect(added.nearDuplicates).toBe(1)
    expect(added.increment.images).toBe(25)
  })

  test('and how every class does, which the manifest keeps', () => {
    const { perClass, new: fresh } = added.heldOut
    expect(perClass.map(({ label, count }) => [label, count])).toEqual([
      ['banana (fl)', 1],
      ['orchid', 8],
      ['poppy', 8],
      ['snowdrop', 8],
    ])
    const right = perClass.reduce((sum, { count, top1 }) => sum + count * top1, 0)
    expect(right / fresh.count).toBeCloseTo(fresh.top1!, 12)
    for (const { count, top1, confusedWith } of perClass) {
      const wrong = confusedWith.reduce((sum, one) => sum + one.count, 0)
      expect(wrong).toBe(Math.round(count * (1 - top1)))
    }
    const { training } = JSON.parse(readFileSync(place.path('extended', manifestFile), 'utf8')) as Manifest
    expect(training.heldOut).toEqual(added.heldOut)
  })
})

describe('evaluate', () => {
  test('writes a record of every image, and refuses other kinds of files before it does anything', async () => {
    const folder = pictures('recorded', { poppy: 'poppy', orchid: 'orchid' })
    const evaluation = await place.json<Evaluation>(['evaluate', folder, '--records', 'made/records.jsonl'])
    expect(evaluation).not.toHaveProperty('records')
    const lines = readFileSync(place.path('made', 'records.jsonl'), 'utf8').trimEnd().split('\n')
    const records = lines.map((line) => JSON.parse(line) as EvaluationRecord)
    expect(records).toHaveLength(evaluation.count)
    expect(shareOf(records, ({ error }) => error === null)).toBe(evaluation.top1)
    const table = await place.run(['evaluate', folder, '--records', 'records.csv'])
    expect(table.stderr).toContain(`Records of ${evaluation.count} images: ./records.csv`)
    expect(readFileSync(place.path('records.csv'), 'utf8').split('\n')).toHaveLength(evaluation.count + 2)
    const refused = await place.run(['evaluate', 'nowhere', '--records', 'records.txt'])
    expect([refused.code, refused.stderr]).toEqual([
      2,
      'extend: Records are written as .jsonl or .csv; give a name that ends so, not records.txt.\n',
    ])
  })

  test('takes a folder by WordNet id, label, folder name, case and number', async () => {
    const folder = pictures('named', {
      POPPY: 'poppy',
      Orchids: 'orchid',
      n07753592: 'banana',
      'banana (fl)': 'banana',
    })
    const { perClass, skipped } = await place.json<Evaluation>(['evaluate', folder])
    expect(perClass.map(({ label }) => label)).toEqual(['banana', 'banana (fl)', 'orchid', 'poppy'])
    expect(skipped).toEqual([])
  })

  test('stops at folders that name nothing, and leaves them out where that is asked for', async () => {
    const folder = pictures('unknown', { poppi: 'poppy', orchid: 'orchid' })
    const { code, stderr } = await place.run(['evaluate', folder, '--quiet'])
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^extend: The folder "poppi" names no class .* nearest labels are "poppy".* --skip-unknown\.\n$/,
    )
    const { count, skipped } = await place.json<Evaluation>(['evaluate', folder, '--skip-unknown'])
    expect(skipped).toEqual([{ folder: 'poppi', images: expect.any(Number) }])
    expect(count).toBe(skipped[0]!.images)
    const { stdout } = await place.run(['evaluate', folder, '--skip-unknown', '--quiet'])
    expect(stdout).toMatch(/A folder names no class; left out, with \d+ images\n {2}poppi\n$/)
  })

  test('stops where nothing is left', async () => {
    const { code, stderr } = await place.run([
      'evaluate',
      pictures('nothing', { x1: 'poppy' }),
      '--skip-unknown',
      '--quiet',
    ])
    expect(code).toBe(1)
    expect(stderr).toMatch(/No folder in "nothing" names a class of this model; there is nothing to evaluate\.\n$/)
  })

  test('lists what is answered wrongly, and confusions that add up to it', async () => {
    const folder = pictures('swapped', { poppy: 'orchid', snowdrop: 'snowdrop' })
    const { wrong, confusions, count, top1, perClass } = await place.json<Evaluation>(['evaluate', folder, '--wrong'])
    expect(wrong!.length).toBe(Math.round(count * (1 - top1)))
    expect(wrong!.length).toBeGreaterThan(0)
    for (const { file, predicted, probability } of wrong!) {
      expect(file).toMatch(/^swapped\/(poppy|snowdrop)\/.*\.jpg$/)
      expect([predicted, probability]).toEqual([expect.any(String), expect.any(Number)])
    }
    expect(confusions.reduce((sum, one) => sum + one.count, 0)).toBe(wrong!.length)
    expect(confusions[0]).toMatchObject({ label: 'poppy', predicted: 'orchid' })
    expect(perClass.find(({ label }) => label === 'poppy')).toMatchObject({ top1: 0, recall: 0, f1: 0 })
    const without = await place.json<Evaluation>(['evaluate', folder])
    expect(without).not.toHaveProperty('wrong')
    expect(Object.keys(without).join(' ')).toBe(
      'count top1 top5 either old new harmonicMean leak miss perClass confusions unreadable skipped passedOver warnings',
    )
  })

  test('prints to forty columns', async () => {
    const { stdout } = await place.run([
      'evaluate',
      pictures('narrow', { poppy: 'poppy', n07753592: 'banana' }),
      '--quiet',
    ])
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(40)
  })
})

test('a merged class counts as old by --add as by evaluate', async () => {
  const { heldOut } = await place.json<ExtendResult>([
    '--add',
    'fl',
    '--overlap',
    'merge',
    '--model',
    'inception-v3',
    '--out',
    'merged',
  ])
  expect(heldOut.new.count).toBe(24)
  // 1000 rehearsal pictures less that of a banana, and the banana that was added.
  expect(heldOut.old!.count).toBe(1000)
  expect(heldOut.perClass.map(({ label }) => label)).toEqual(['banana', 'orchid', 'poppy', 'snowdrop'])
  const folder = pictures('both', { banana: 'banana', poppy: 'poppy' })
  const { old, perClass } = await place.json<Evaluation>(['evaluate', folder, '--model', 'merged'])
  expect(old!.count).toBe(1)
  expect(perClass[0]).toMatchObject({ label: 'banana', count: 1 })
})

test('what an increment is called is printed once', async () => {
  const { stdout } = await place.run(['predict', place.path('fl', 'banana', 'one.jpg'), '--top', '1005', '--quiet'])
  expect(stdout).toMatch(/ banana \(fl\)\n/)
})
