import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { jpegQuality } from '../../src/image/formats/jpeg-quality.js'
import { cameraOf, gridSide, lookAt } from '../../src/image/look.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { encoder, paint } from './pictures.js'

const folder = temporaryFolder()
const ramp = paint(64, 48, (x, y) => [4 * x, 4 * y, 128])

describe('the look of a picture', () => {
  test('has its size, upright, its format and the camera of its EXIF data', async () => {
    const file = join(folder(), 'a.jpg')
    await encoder(ramp)
      .jpeg({ quality: 85 })
      .withExif({ IFD0: { Make: 'Maker', Model: 'Model 7' } })
      .withMetadata({ orientation: 6 })
      .toFile(file)
    const look = (await lookAt(file))!
    expect([look.width, look.height]).toEqual([48, 64])
    expect(look.format).toBe('JPEG')
    expect(look.jpegQuality).toBe(85)
    expect(look.luma).toHaveLength(gridSide ** 2)
  })

  test('is there for a file with a fault that decoders pass over', async () => {
    const whole = await encoder(ramp).jpeg().toBuffer()
    // Bytes that belong to nothing, between the first segment and the next one.
    const next = 4 + whole.readUInt16BE(4)
    const file = join(folder(), 'stray.jpg')
    writeFileSync(file, Buffer.concat([whole.subarray(0, next), Buffer.from([1, 2, 3]), whole.subarray(next)]))
    expect(await lookAt(file)).toMatchObject({ width: 64, height: 48 })
  })

  test('knows brightness and colour of what it shows', async () => {
    const [grey, red] = [join(folder(), 'grey.png'), join(folder(), 'red.png')]
    await encoder(paint(20, 20, () => [90, 90, 90]))
      .png()
      .toFile(grey)
    await encoder(paint(20, 20, () => [200, 0, 0]))
      .png()
      .toFile(red)
    expect(await lookAt(grey)).toMatchObject({ brightness: 90, contrast: 0, format: 'PNG', camera: undefined })
    expect((await lookAt(grey))!.colourfulness).toBeCloseTo(0, 3)
    // Rec. 601: 0.299 · 200, and the distances of the channels from it.
    expect((await lookAt(red))!.brightness).toBe(60)
    expect((await lookAt(red))!.colourfulness).toBeCloseTo((200 - 59.8 + 2 * 59.8) / 3, 3)
  })

  test('there is none of a file that is no picture', async () => {
    const file = join(folder(), 'a.jpg')
    writeFileSync(file, 'no picture')
    expect(await lookAt(file)).toBeUndefined()
  })
})

describe('the quality of a JPEG', () => {
  test.each([5, 20, 50, 75, 90, 100])('%i is what it was saved with', async (quality) => {
    const bytes = await encoder(ramp).jpeg({ quality }).toBuffer()
    expect(Math.abs(jpegQuality(bytes)! - quality)).toBeLessThanOrEqual(1)
  })

  test('there is none of other files, nor of damaged ones', async () => {
    expect(jpegQuality(await encoder(ramp).png().toBuffer())).toBeUndefined()
    const bytes = await encoder(ramp).jpeg().toBuffer()
    for (const length of [0, 1, 2, 3, 6, 20]) expect(jpegQuality(bytes.subarray(0, length))).toBeUndefined()
  })
})

test('the camera is read from EXIF data of either byte order, and damaged data have none', async () => {
  const withExif = sharp(readFileSync(await picture())).withExif({ IFD0: { Make: 'Nikon', Model: 'Nikon D7' } })
  const { exif } = await sharp(await withExif.jpeg().toBuffer()).metadata()
  expect(cameraOf(exif!)).toBe('Nikon D7')
  for (let length = 0; length < exif!.length; length += 3) cameraOf(exif!.subarray(0, length))
  expect(cameraOf(exif!.subarray(0, 12))).toBeUndefined()

  // Big-endian TIFF: one directory with Make at offset 26.
  const big = Buffer.alloc(40)
  big.write('MM\0*', 0, 'latin1')
  big.writeUInt32BE(8, 4)
  big.writeUInt16BE(1, 8)
  big.writeUInt16BE(271, 10)
  big.writeUInt16BE(2, 12)
  big.writeUInt32BE(6, 14)
  big.writeUInt32BE(26, 18)
  big.write('Canon\0', 26, 'latin1')
  expect(cameraOf(big)).toBe('Canon')
})

async function picture(): Promise<string> {
  const file = join(folder(), 'plain.jpg')
  await encoder(ramp).jpeg().toFile(file)
  return file
}
