import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { ImageResult } from '../../src/answers/answering.js'
import type { ExtendResult } from '../../src/workflow/extend.js'
import { encoder, paint } from '../image/pictures.js'
import { writeTinyClassifier } from '../support/tiny-classifier-file.js'
import { contentsOf, fixtures, openWorkplace, temporaryFilesIn, type Workplace } from './workplace.js'

const asBytes = ['--mean', '0', '--std', '1', '--channels', 'RGB']
const poppy = join(fixtures, 'flowers', 'poppy', '12.jpg')

let place: Workplace

/** A picture of one colour. */
async function plain(grey: number, ...names: string[]): Promise<string> {
  await encoder(paint(32, 32, () => [grey, grey, grey]))
    .png()
    .toFile(place.path(...names))
  return join(...names)
}

/** What a bundle says of images, a line each. */
async function predictions(...args: string[]): Promise<ImageResult[]> {
  const { stdout } = await place.run(['predict', ...args, '--model', 'bundle', '--top', '10', '--json', '--quiet'])
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ImageResult)
}

beforeAll(async () => {
  place = openWorkplace()
  writeTinyClassifier(place.path('unit.onnx'), 4, { normalised: true })
  await place.json([
    '--add',
    place.flowers('flowers', { snowdrop: 6 }),
    '--model',
    'unit.onnx',
    '--rehearsal',
    'none',
    ...asBytes,
    '--out',
    'bundle',
  ])
  place.flowers('more', { poppy: 6, orchid: 6 })
  await plain(0, 'more', 'poppy', 'black.png')
})

afterAll(() => place.remove())

describe('a picture of which a model makes 0/0', () => {
  test('is named and left out, and every answer stays a number', async () => {
    const result = await place.json<ExtendResult>(['--add', 'more', '--model', 'bundle'])
    expect(result).toMatchObject({ increment: { images: 12 } })
    expect(result.warnings).toContainEqual(
      expect.stringMatching(/Cannot use "more\/poppy\/black\.png": .* no finite numbers.*; replace or remove it\.$/),
    )
    const answers = await predictions(poppy, join('more', 'orchid'))
    const probabilities = answers
      .flatMap((answer) => ('error' in answer ? [] : answer.predictions))
      .map(({ probability }) => probability)
    expect(probabilities).toHaveLength(7 * 7)
    expect(probabilities.every((one) => one >= 0 && one <= 1)).toBe(true)
  })

  test('is no answer but an error to predict and evaluate, which go on', async () => {
    const error = expect.stringMatching(/black\.png": .* scores that are no finite numbers/)
    const answers = await predictions(join('more', 'poppy'))
    expect(answers).toHaveLength(7)
    expect(answers.at(-1)).toEqual({ file: join('more', 'poppy', 'black.png'), error })
    expect(answers.slice(0, -1).every((answer) => 'predictions' in answer)).toBe(true)
    const evaluation = await place.json<object>(['evaluate', 'more', '--model', 'bundle'])
    expect(evaluation).toMatchObject({ count: 12, unreadable: [{ file: join('more', 'poppy', 'black.png') }] })
  })

  test('as all of a class stops the command, and the bundle stays as it is', async () => {
    mkdirSync(place.path('night', 'sky'), { recursive: true })
    await plain(0, 'night', 'sky', 'black.png')
    const before = contentsOf(place.path('bundle'))
    const { code, stderr } = await place.run(['--add', 'night', '--model', 'bundle', '--quiet'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^extend: No image of the class "sky" can be used: .*black\.png.* no finite numbers.*\.\n$/)
    expect(contentsOf(place.path('bundle'))).toEqual(before)
    expect(temporaryFilesIn(place.folder)).toEqual([])
  })

  test('does not keep its preprocessing from being found by trial', async () => {
    const { code, stdout } = await place.run([
      '--add',
      'more',
      '--model',
      'unit.onnx',
      '--rehearsal',
      'none',
      '--out',
      'tried',
      '--json',
      '--quiet',
    ])
    expect(code).toBe(0)
    expect((JSON.parse(stdout) as ExtendResult).increment.images).toBeGreaterThanOrEqual(12)
  })
})

test('features that no half float holds are named', async () => {
  writeTinyClassifier(place.path('large.onnx'), 4, { factor: 1e5 })
  mkdirSync(place.path('grey', 'dark'), { recursive: true })
  for (const grey of [10, 20, 30, 255]) await plain(grey, 'grey', 'dark', `${grey}.png`)
  const result = await place.json<ExtendResult>([
    '--add',
    'grey',
    '--model',
    'large.onnx',
    '--rehearsal',
    'none',
    ...asBytes,
    '--out',
    'large',
    '--augment',
    '0',
  ])
  expect(result).toMatchObject({ increment: { images: 3 } })
  expect(result.warnings).toContainEqual(expect.stringMatching(/255\.png": .* beyond ±65504/))
})
