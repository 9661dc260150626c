import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { decodeViews, loadImage } from '../../src/image/decode.js'
import { plainView } from '../../src/image/types.js'
import { asIs } from './pictures.js'

const file = '../shared/data/odd/x.heic'
const isHere = existsSync(file)
const describeHere = isHere ? describe : describe.skip
/**
 * What Python's pillow-heif 1.8.1 decodes: some pixels (x, y, colour), and the mean of every channel in thousandths.
 */
const pixels = [
  [0, 0, 241, 236, 217],
  [298, 0, 237, 231, 219],
  [0, 298, 221, 222, 191],
  [298, 298, 97, 131, 143],
  [150, 150, 202, 199, 168],
  [37, 211, 26, 38, 100],
] as const
const means = [130498, 131028, 134575]
const size = { width: 299, height: 299 }

describeHere(`HEIC with HEVC${isHere ? '' : ' (skipped: ../shared is not here)'}`, () => {
  test('is read, many at a time, always the same', async () => {
    const all = await Promise.all(Array.from({ length: 9 }, () => loadImage(file, asIs(size))))
    const [first] = all
    expect(first!.length).toBe(299 * 299 * 3)
    for (const one of all) expect(Buffer.compare(one, first!)).toBe(0)
    const pixel = (x: number, y: number) => [...first!.subarray((y * 299 + x) * 3, (y * 299 + x) * 3 + 3)]
    expect(pixels.map(([x, y]) => pixel(x, y))).toEqual(pixels.map(([, , ...colour]) => colour))
    const { channels } = await sharp(first!, { raw: { ...size, channels: 3 } }).stats()
    expect(channels.map(({ mean }) => Math.round(1000 * mean))).toEqual(means)
  })

  test('what is damaged says so, and does not spoil the next', async () => {
    const bytes = readFileSync(file)
    await expect(loadImage(bytes.subarray(0, 400), asIs(size))).rejects.toThrow(/: it is damaged \(.*meta.*\); replace/)
    await expect(loadImage(bytes.subarray(0, 30_000), asIs(size))).rejects.toThrow(/: it is damaged \(/)
    expect(await loadImage(bytes, asIs(size))).toHaveLength(299 * 299 * 3)
  })

  test('what is damaged in its middle shows nothing of the pictures before it', async () => {
    const bytes = readFileSync(file)
    // Two bytes more, from which on nothing can be made of what follows.
    const damaged = Buffer.concat([bytes.subarray(0, 40_625), bytes.subarray(40_623)])
    const first = await loadImage(damaged, asIs(size))
    for (const before of [damaged, bytes]) {
      await loadImage(before, asIs(size))
      expect(Buffer.compare(await loadImage(damaged, asIs(size)), first)).toBe(0)
    }
  })

  test('an interruption ends what has not begun', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const waiting = Array.from({ length: 12 }, () => decodeViews(file, asIs(size), [plainView], { signal }))
    controller.abort()
    const outcomes = await Promise.allSettled(waiting)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'ABORTED' })
    }
    expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0)
  })
})
