import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { learningCurve } from '../../src/workflow/learning-curve.js'
import { input, tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

let folder: string
let place: TinyPlace

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const options = () =>
  ({ model: place.model, input, device: 'cpu', cacheDir: place.cacheDir, rehearsal: 'none', maxOldDrop: 1 }) as const

test('colours that are told apart easily are, after a few pictures, and the curve ends at twice those given', async () => {
  const colours = await place.draw('colours', { red: 20, green: 20 })
  // The same file twice is one picture.
  copyFileSync(join(colours, 'red', '0.png'), join(colours, 'red', 'again.png'))
  const curve = await learningCurve({ ...options(), folder: colours })
  const { points, expected, gain } = curve!
  expect(points.map(({ forecast }) => forecast)).toEqual([false, false, false, false, true, true])
  expect(points.at(-2)!.images).toBe(20)
  expect(points.at(-1)!.images).toBe(40)
  expect(expected.top1).toBeGreaterThan(0.8)
  expect(expected.low).toBeLessThan(expected.top1)
  expect(Math.abs(gain)).toBeLessThan(0.2)
  expect(await learningCurve({ ...options(), folder: colours })).toEqual(curve)
  expect(readdirSync(folder).sort()).toEqual(['cache', 'colours', 'tiny.onnx'])
})

test('a picture in several classes is learned in none', async () => {
  const set = await place.draw('both', { red: 10, green: 10 })
  copyFileSync(join(set, 'red', '0.png'), join(set, 'green', 'same.png'))
  const given = await learningCurve({ ...options(), folder: set })
  for (const file of ['red/0.png', 'green/same.png']) rmSync(join(set, file))
  expect(given).toEqual(await learningCurve({ ...options(), folder: set }))
})

test('too few pictures give no curve', async () => {
  const few = await place.draw('few', { red: 3, green: 3 })
  expect(await learningCurve({ ...options(), folder: few })).toBeNull()
})
