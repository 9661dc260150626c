import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import sharp from 'sharp'
import { writeEmbedding } from '../../src/tensorboard/embedding.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()

test('points, what is known of them and their pictures are in the same order, whatever names hold', async () => {
  const picture = async (name: string, background: string) => {
    const file = join(folder(), name)
    const image = { create: { width: 80, height: 40, channels: 3 as const, background } }
    writeFileSync(file, await sharp(image).png().toBuffer())
    return file
  }
  const red = await picture('red.png', '#f00')
  const blue = await picture('blue.png', '#00f')
  const points = [
    { features: [1, -0.5, 1 / 3], values: ['a\tb', 'x\ny'], file: red },
    { features: [0, 1e-9, 2e9], values: ['', 'é\u2028\u0007'], file: undefined },
    { features: [3, 4, 5], values: ['c', 'damaged'], file: join(folder(), 'missing.png') },
    { features: [6, 7, 8], values: ['d', 'last'], file: blue },
    { features: [9, 9, 9], values: ['e', 'again'], file: red },
  ]
  await writeEmbedding(folder(), { columns: ['label', 'file'], points }, {})

  const read = (name: string) => readFileSync(join(folder(), name), 'utf8')
  const rows = read('embedding.tsv').trimEnd().split('\n')
  rows.forEach((row, i) => {
    row.split('\t').forEach((cell, d) => {
      const value = points[i]!.features[d]!
      expect(Math.abs(Number(cell) - value)).toBeLessThanOrEqual(1e-5 * Math.abs(value))
    })
  })
  expect(rows).toHaveLength(5)
  const [head, ...lines] = read('metadata.tsv')
    .trimEnd()
    .split(/\r\n|[\r\n\v\f\u0085\u2028\u2029]/)
  expect(head).toBe('label\tfile')
  expect(lines).toEqual(['a\\tb\tx\\ny', '\té\\u2028\\u0007', 'c\tdamaged', 'd\tlast', 'e\tagain'])

  // Three across, as a square.
  expect(read('projector_config.pbtxt')).toContain('single_image_dim: [ 64, 64 ]')
  const { data, info } = await sharp(join(folder(), 'sprite.png')).raw().toBuffer({ resolveWithObject: true })
  expect(info).toMatchObject({ width: 192, height: 128, channels: 4 })
  const middle = (i: number) => {
    const [x, y] = [(i % 3) * 64 + 32, Math.floor(i / 3) * 64 + 32]
    return [...data.subarray(4 * (y * 192 + x), 4 * (y * 192 + x) + 4)]
  }
  expect(middle(0)).toEqual([255, 0, 0, 255])
  expect(middle(3)).toEqual([0, 0, 255, 255])
  expect(middle(4)).toEqual([255, 0, 0, 255])
  for (const missing of [1, 2]) {
    const [r, g, b, alpha] = middle(missing)
    expect([r === g, g === b, alpha]).toEqual([true, true, 255])
  }
  // Nothing around a picture that is not there.
  expect(data[4 * (2 * 192 + 64 + 2) + 3]).toBe(0)
})
