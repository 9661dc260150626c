import { copyFileSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { learningCurve, type LearningCurveOptions } from '../../src/workflow/learning-curve.js'
import { input, tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

let folder: string
let place: TinyPlace

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const options = () =>
  ({ model: place.model, input, device: 'cpu', cacheDir: place.cacheDir, rehearsal: 'none' }) as const

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

test('beside a bundle, the curve is about the folder, and calibrated as the bundle is', async () => {
  const known = await place.draw('known', { blue: 6 })
  const { bundle: model } = await place.add({ add: [known], prior: 0.99, maxOldDrop: 0.99 })
  const more = await place.draw('more', { red: 8, green: 8 })
  // Nothing but the prior tells old pictures from new ones.
  const rehearsal = place.path('old')
  cpSync(join(more, 'red'), rehearsal, { recursive: true })
  const { device, cacheDir } = options()
  const curveWith = (limits: Pick<LearningCurveOptions, 'prior' | 'maxOldDrop'> = {}) =>
    learningCurve({ model, device, cacheDir, rehearsal, folder: more, ...limits })
  const curve = await curveWith()
  expect(curve!.points.at(-2)!.images).toBe(8)
  expect(curve!.testImages).toBe(4)
  expect(await curveWith({ prior: 0.99, maxOldDrop: 0.99 })).toEqual(curve)
  expect(await curveWith({ maxOldDrop: 0 })).not.toEqual(curve)
})

test.each([
  ['prior', 2],
  ['maxOldDrop', 1],
  ['testImages', 0],
  ['testImages', 2.5],
  ['seed', 0.5],
])('%s of %p is refused, before anything is read', async (name, value) => {
  const call = learningCurve({ ...options(), folder: place.path('nowhere'), [name]: value })
  await expect(call).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining(name) as unknown })
})
