import { crc32 } from 'node:zlib'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { decodeViews, loadImage } from '../../src/image/decode.js'
import type { Preprocess, View } from '../../src/image/types.js'
import { asIs, claimedPng, encoder, largestDifference, paint, pixelAt } from './pictures.js'
import { bmp } from '../../torture/pictures/attacks/bmp.js'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nplusk-decode-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true })
})

// Smooth, in colours that every format keeps well.
const smooth = paint(96, 64, (x, y) => [60 + x, 80 + y, 200 - x])
const grey = paint(96, 64, (x, y) => [40 + x + y, 40 + x + y, 40 + x + y])
const ramp = paint(256, 128, (x, y) => [x, y, 0])

describe('formats', () => {
  const lossless = 0
  const lossy = 8
  test.each<[string, number, () => Promise<Uint8Array>]>([
    ['JPEG', lossy, () => encoder(smooth).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer()],
    ['progressive JPEG', lossy, () => encoder(smooth).jpeg({ quality: 95, progressive: true }).toBuffer()],
    ['PNG', lossless, () => encoder(smooth).png().toBuffer()],
    ['interlaced PNG', lossless, () => encoder(smooth).png({ progressive: true }).toBuffer()],
    ['16-bit PNG', 1, () => encoder(smooth).toColourspace('rgb16').png().toBuffer()],
    ['WebP', lossy, () => encoder(smooth).webp({ quality: 95 }).toBuffer()],
    ['lossless WebP', lossless, () => encoder(smooth).webp({ lossless: true }).toBuffer()],
    ['GIF', 24, () => encoder(smooth).gif({ dither: 0 }).toBuffer()],
    ['TIFF', lossless, () => encoder(smooth).tiff({ compression: 'lzw' }).toBuffer()],
    ['16-bit TIFF', 1, () => encoder(smooth).toColourspace('rgb16').tiff({ compression: 'lzw' }).toBuffer()],
    ['AVIF', 12, () => encoder(smooth).avif({ quality: 90, effort: 0 }).toBuffer()],
  ])('%s', async (_, tolerance, encode) => {
    expect(largestDifference(await loadImage(await encode(), asIs(smooth)), smooth.data)).toBeLessThanOrEqual(tolerance)
  })

  test('a CMYK JPEG comes back in RGB, near what it was', async () => {
    const muted = paint(96, 64, (x, y) => [150 + (x >> 1), 120 + y, 140])
    const bytes = await encoder(muted).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer()
    expect((await sharp(bytes).metadata()).space).toBe('cmyk')
    expect(largestDifference(await loadImage(bytes, asIs(muted)), muted.data)).toBeLessThanOrEqual(12)
  })

  test.each(['b-w', 'grey16'])('greyscale (%s) equals its RGB form', async (space) => {
    const bytes = await encoder(grey).toColourspace(space).png().toBuffer()
    expect((await sharp(bytes).metadata()).channels).toBe(1)
    expect(largestDifference(await loadImage(bytes, asIs(grey)), grey.data)).toBeLessThanOrEqual(1)
  })

  test('an embedded profile is applied: Display P3 comes back as the sRGB it was made from', async () => {
    const bytes = await encoder(smooth).withIccProfile('p3').png().toBuffer()
    const stored = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer()
    expect(largestDifference(stored, smooth.data)).toBeGreaterThan(8)
    expect(largestDifference(await loadImage(bytes, asIs(smooth)), smooth.data)).toBeLessThanOrEqual(3)
  })

  test('of an animation, the first frame', async () => {
    const red = await encoder(paint(16, 16, () => [255, 0, 0]))
      .png()
      .toBuffer()
    const blue = await encoder(paint(16, 16, () => [0, 0, 255]))
      .png()
      .toBuffer()
    const animation = sharp([red, blue], { join: { animated: true } })
    for (const bytes of [
      await animation.clone().gif().toBuffer(),
      await animation.clone().webp({ lossless: true }).toBuffer(),
    ]) {
      expect((await sharp(bytes).metadata()).pages).toBe(2)
      expect(pixelAt(await loadImage(bytes, asIs({ width: 16, height: 16 })), 16, 8, 8)).toEqual([255, 0, 0])
    }
  })
})

describe('transparency is laid on white', () => {
  test.each<['srgb' | 'rgb16' | 'b-w']>([['srgb'], ['rgb16'], ['b-w']])('%s with alpha', async (space) => {
    const alphas = [0, 128, 255]
    const data = new Uint8Array(alphas.flatMap((alpha) => [100, 100, 100, alpha]))
    const bytes = await sharp(data, { raw: { width: 3, height: 1, channels: 4 } })
      .toColourspace(space)
      .png()
      .toBuffer()
    expect((await sharp(bytes).metadata()).hasAlpha).toBe(true)
    const pixels = await loadImage(bytes, asIs({ width: 3, height: 1 }))
    const expected = alphas.flatMap((alpha) => new Array<number>(3).fill(255 + ((100 - 255) * alpha) / 255))
    expect(largestDifference(pixels, Uint8Array.from(expected))).toBeLessThanOrEqual(1)
  })
})

describe('orientation tags', () => {
  const upright = paint(48, 32, (x, y) => [x < 24 ? 220 : 40, y < 16 ? 220 : 40, x < 24 === y < 16 ? 60 : 180])
  const { width, height } = upright
  /** Where the upright pixel (x, y) lies in the stored picture, by the EXIF 2.3 definition of the tag. */
  const stored: Record<number, (x: number, y: number) => [number, number]> = {
    1: (x, y) => [x, y],
    2: (x, y) => [width - 1 - x, y],
    3: (x, y) => [width - 1 - x, height - 1 - y],
    4: (x, y) => [x, height - 1 - y],
    5: (x, y) => [y, x],
    6: (x, y) => [y, width - 1 - x],
    7: (x, y) => [height - 1 - y, width - 1 - x],
    8: (x, y) => [height - 1 - y, x],
  }

  function storedPicture(orientation: number, scale: number) {
    const turned = orientation >= 5
    const picture = { width: (turned ? height : width) * scale, height: (turned ? width : height) * scale }
    const data = new Uint8Array(width * height * scale * scale * 3)
    for (let y = 0; y < height * scale; y++) {
      for (let x = 0; x < width * scale; x++) {
        const [storedX, storedY] = stored[orientation]!(Math.floor(x / scale), Math.floor(y / scale))
        const colour = pixelAt(upright.data, width, Math.floor(x / scale), Math.floor(y / scale))
        for (let dy = 0; dy < scale; dy++) {
          for (let dx = 0; dx < scale; dx++)
            data.set(colour, ((storedY * scale + dy) * picture.width + storedX * scale + dx) * 3)
        }
      }
    }
    return { ...picture, data }
  }

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('tag %i', async (orientation) => {
    const bytes = await encoder(storedPicture(orientation, 1))
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .withMetadata({ orientation })
      .toBuffer()
    expect((await sharp(bytes).metadata()).orientation).toBe(orientation)
    expect(largestDifference(await loadImage(bytes, asIs(upright)), upright.data)).toBeLessThanOrEqual(12)
  })

  test.each([3, 6])('tag %i on a large picture, made smaller while it is decoded', async (orientation) => {
    const bytes = await encoder(storedPicture(orientation, 8))
      .jpeg({ quality: 95 })
      .withMetadata({ orientation })
      .toBuffer()
    const pixels = await loadImage(bytes, { ...asIs(upright), interpolation: 'bilinear' })
    for (const [x, y] of [
      [8, 8],
      [40, 8],
      [8, 24],
      [40, 24],
    ] as const) {
      const difference = largestDifference(
        Uint8Array.from(pixelAt(pixels, width, x, y)),
        Uint8Array.from(pixelAt(upright.data, width, x, y)),
      )
      expect(difference).toBeLessThanOrEqual(6)
    }
  })
})

describe('geometry, on a picture whose red is x and green is y', () => {
  const shorter: Preprocess = { width: 128, height: 128, resize: 'shorter', cropFraction: 1, interpolation: 'nearest' }
  let bytes: Uint8Array

  beforeAll(async () => {
    bytes = await encoder(ramp).png().toBuffer()
  })

  async function corners(preprocess: Preprocess, view?: View): Promise<number[][]> {
    const { width, height } = preprocess
    const pixels = await loadImage(bytes, preprocess, view)
    expect(pixels.length).toBe(width * height * 3)
    return [pixelAt(pixels, width, 0, 0), pixelAt(pixels, width, width - 1, height - 1)].map((pixel) =>
      pixel.slice(0, 2),
    )
  }

  test('shorter takes the central square', async () => {
    expect(await corners(shorter)).toEqual([
      [64, 0],
      [191, 127],
    ])
  })

  test('the crop fraction takes the centre of it', async () => {
    expect(await corners({ ...shorter, width: 64, height: 64, cropFraction: 0.5 })).toEqual([
      [96, 32],
      [159, 95],
    ])
  })

  test('shorter with a target that is not square', async () => {
    expect(await corners({ ...shorter, width: 64 })).toEqual([
      [96, 0],
      [159, 127],
    ])
  })

  test('a crop of the view is a part of the central region', async () => {
    const crop = { left: 0.25, top: 0.5, width: 0.5, height: 0.5 }
    expect(await corners({ ...shorter, width: 64, height: 64 }, { mirror: false, crop })).toEqual([
      [96, 64],
      [159, 127],
    ])
  })

  test.each(['bilinear', 'bicubic', 'lanczos'] as const)(
    'squash stretches the whole picture, %s',
    async (interpolation) => {
      const pixels = await loadImage(bytes, { ...shorter, resize: 'squash', interpolation })
      // Two columns become one: their mean is 2x + .5; kernels that overshoot at the border differ there.
      for (let x = 4; x < 124; x++) {
        const [red, green] = pixelAt(pixels, 128, x, 64)
        expect(Math.abs(red! - (2 * x + 0.5))).toBeLessThanOrEqual(1)
        expect(Math.abs(green! - 64)).toBeLessThanOrEqual(1)
      }
    },
  )

  test('a picture far larger than needed shows the same part', async () => {
    const large = paint(2048, 1024, (x, y) => [x >> 3, y >> 3, 0])
    for (const encoded of [
      encoder(large).png(),
      encoder(large).jpeg({ quality: 98 }),
      encoder(large).webp({ quality: 98 }),
    ]) {
      const pixels = await loadImage(await encoded.toBuffer(), {
        ...shorter,
        width: 32,
        height: 32,
        interpolation: 'bilinear',
      })
      // 32 pixels over red 64..192: the middle of pixel x is at 64 + 4 (x + .5), less half a step of the large ramp.
      for (let x = 1; x < 31; x++) {
        const [red, green] = pixelAt(pixels, 32, x, x)
        expect(Math.abs(red! - (64 + 4 * (x + 0.5) - 0.5))).toBeLessThanOrEqual(3)
        expect(Math.abs(green! - (4 * (x + 0.5) - 0.5))).toBeLessThanOrEqual(3)
      }
    }
  })

  test('a picture of one pixel fills the input', async () => {
    const dot = await encoder(paint(1, 1, () => [10, 20, 30]))
      .png()
      .toBuffer()
    const pixels = await loadImage(dot, { ...shorter, cropFraction: 0.875, interpolation: 'bilinear' })
    expect(largestDifference(pixels, paint(128, 128, () => [10, 20, 30]).data)).toBe(0)
  })
})

describe('views', () => {
  const central: Preprocess = { width: 64, height: 64, resize: 'shorter', cropFraction: 0.5, interpolation: 'bilinear' }

  test('mirror swaps left and right, exactly', async () => {
    const bytes = await encoder(smooth).png().toBuffer()
    const [plain, mirrored] = await decodeViews(bytes, { ...central, cropFraction: 0.875 }, [
      { mirror: false },
      { mirror: true },
    ])
    for (let y = 0; y < 64; y++) {
      for (let x = 0; x < 64; x++) expect(pixelAt(mirrored!, 64, x, y)).toEqual(pixelAt(plain!, 64, 63 - x, y))
    }
  })

  test('brightness multiplies, and stops at 255', async () => {
    const bytes = await encoder(paint(8, 8, () => [100, 200, 250]))
      .png()
      .toBuffer()
    const [darker, brighter] = await decodeViews(bytes, central, [
      { mirror: false, brightness: 0.85 },
      { mirror: false, brightness: 1.15 },
    ])
    expect(
      largestDifference(Uint8Array.from(pixelAt(darker!, 64, 9, 9)), Uint8Array.of(85, 170, 212)),
    ).toBeLessThanOrEqual(1)
    expect(
      largestDifference(Uint8Array.from(pixelAt(brighter!, 64, 9, 9)), Uint8Array.of(115, 230, 255)),
    ).toBeLessThanOrEqual(1)
  })

  test.each([0.85, 0.8737, 0.9999, 1.0001, 1.1, 1.15])(
    'brightness %d is that of sharp, to the bit',
    async (brightness) => {
      const levels = paint(64, 64, (x, y) => [4 * x + (y % 4), 255 - 4 * x, 4 * y])
      const bytes = await encoder(levels).png().toBuffer()
      const pixels = await loadImage(bytes, { ...central, cropFraction: 1 }, { mirror: false, brightness })
      const expected = await encoder(levels).linear(brightness, 0).raw().toBuffer()
      expect(largestDifference(pixels, expected)).toBe(0)
    },
  )

  test.each([8, -8, 45])('rotate %i turns clockwise about the centre', async (degrees) => {
    const bytes = await encoder(ramp).png().toBuffer()
    // A quarter of the region, so that the rotated square has pixels all around it.
    const crop = { left: 0.25, top: 0.25, width: 0.5, height: 0.5 }
    const pixels = await loadImage(bytes, { ...central, cropFraction: 1 }, { mirror: false, crop, rotate: degrees })
    const [cosine, sine] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
    for (const [x, y] of [
      [0, 0],
      [63, 0],
      [32, 32],
      [0, 63],
      [63, 63],
      [10, 40],
    ] as const) {
      const [dx, dy] = [x - 31.5, y - 31.5]
      const [red, green] = pixelAt(pixels, 64, x, y)
      expect(Math.abs(red! - (127.5 + dx * cosine + dy * sine))).toBeLessThanOrEqual(2)
      expect(Math.abs(green! - (63.5 - dx * sine + dy * cosine))).toBeLessThanOrEqual(2)
    }
  })

  test.each<[string, View]>([
    ['all of the region', { mirror: false, rotate: 8 }],
    ['a crop in the corner', { mirror: true, rotate: -8, crop: { left: 0, top: 0, width: 0.9, height: 0.9 } }],
    ['by 45 degrees', { mirror: false, rotate: 45 }],
  ])('a turned view has no empty corners: %s', async (_, view) => {
    const white = await encoder(paint(40, 30, () => [255, 255, 255]))
      .png()
      .toBuffer()
    for (const preprocess of [
      central,
      { ...central, width: 96 },
      { ...central, resize: 'squash' as const, cropFraction: 1 },
    ]) {
      expect(Math.min(...(await loadImage(white, preprocess, view)))).toBe(255)
    }
  })

  test('many views at once are what each is alone, and the same again', async () => {
    const bytes = await encoder(smooth).jpeg().toBuffer()
    const views: View[] = [
      { mirror: false },
      { mirror: true, brightness: 1.1 },
      { mirror: false, rotate: 5 },
      { mirror: false },
    ]
    const together = await decodeViews(bytes, central, views)
    const alone = await Promise.all(views.map((view) => loadImage(bytes, central, view)))
    expect(together.map((pixels, index) => largestDifference(pixels, alone[index]!))).toEqual([0, 0, 0, 0])
    expect(largestDifference(together[0]!, together[3]!)).toBe(0)
  })
})

describe('paths', () => {
  test('a file and its bytes give the same; blanks, quotes and emoji in the path are fine', async () => {
    const bytes = await encoder(smooth).jpeg().toBuffer()
    const file = join(folder, 'a "wild" \u{1f33b} rose\'s.jpg')
    await writeFile(file, bytes)
    expect(largestDifference(await loadImage(file, asIs(smooth)), await loadImage(bytes, asIs(smooth)))).toBe(0)
  })

  test('a view onto a larger buffer is read from where it begins', async () => {
    const bytes = await encoder(smooth).png().toBuffer()
    const larger = new Uint8Array(bytes.length + 20)
    larger.set(bytes, 7)
    expect(largestDifference(await loadImage(larger.subarray(7, 7 + bytes.length), asIs(smooth)), smooth.data)).toBe(0)
  })
})

describe('what cannot be used is named, with the reason', () => {
  async function file(name: string, content: Uint8Array | string): Promise<string> {
    const path = join(folder, name)
    await writeFile(path, content)
    return path
  }

  test.each([
    ['JPEG', () => encoder(smooth).jpeg({ quality: 95 }).toBuffer()],
    ['progressive JPEG', () => encoder(smooth).jpeg({ quality: 95, progressive: true }).toBuffer()],
    ['PNG', () => encoder(smooth).png().toBuffer()],
    ['WebP', () => encoder(smooth).webp().toBuffer()],
    ['GIF', () => encoder(smooth).gif().toBuffer()],
    ['TIFF', () => encoder(smooth).tiff({ compression: 'lzw' }).toBuffer()],
    ['AVIF', () => encoder(smooth).avif({ effort: 0 }).toBuffer()],
  ])('a truncated %s', async (format, encode) => {
    const bytes = await encode()
    const path = await file(`truncated.${format}`, bytes.subarray(0, Math.floor(bytes.length * 0.6)))
    const error = loadImage(path, asIs(smooth))
    await expect(error).rejects.toMatchObject({ name: 'NpluskError', code: 'BAD_INPUT', data: { file: path } })
    await expect(error).rejects.toThrow(`Cannot use "${path}": it is`)
  })

  test.each<[string, string, string | Uint8Array, string]>([
    ['an empty file', 'empty.jpg', '', 'the file is empty'],
    [
      'text',
      'text.jpg',
      'not a picture at all',
      'it is not a JPEG, PNG, WebP, GIF, TIFF, AVIF, HEIC or BMP picture but a text file; replace or remove it.',
    ],
    [
      'SVG',
      'drawing.png',
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
      'its format (SVG) is not read here; convert it to JPEG or PNG, or remove it.',
    ],
    ['a very long side', 'long.bmp', bmp(1_000_001, 1, 1), 'one of its sides has more than 1000000 pixels'],
    ['too many pixels', 'huge.png', claimedPng(30_000, 30_000, 1), 'it has more than 268 megapixels'],
  ])('%s', async (_, name, content, reason) => {
    const path = await file(name, content)
    const error = loadImage(path, asIs(smooth))
    await expect(error).rejects.toMatchObject({ code: 'BAD_INPUT', data: { file: path } })
    await expect(error).rejects.toThrow(`Cannot use "${path}": ${reason}`)
  })

  test('a picture that would take too much memory is refused, though it has not too many pixels', async () => {
    // 256 megapixels, interlaced, eight bytes each.
    const bytes = Buffer.from(claimedPng(16_000, 16_000, 1))
    bytes.set([16, 6, 0, 0, 1], 24)
    bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29)
    await expect(loadImage(bytes, asIs(smooth))).rejects.toThrow(
      /: decoding it takes 2\.6 GB of memory, and may take 1\.2 GB; make it smaller or remove it\.$/,
    )
  })

  test('a picture of 900 megapixels is refused before its pixels take memory', async () => {
    const bytes = claimedPng(30_000, 30_000, 30_000)
    const before = process.memoryUsage.rss()
    await expect(loadImage(bytes, asIs(smooth))).rejects.toThrow(
      'Cannot use the image given as bytes: it has more than 268 megapixels',
    )
    expect(process.memoryUsage.rss() - before).toBeLessThan(64e6)
  })

  test('bytes are called by their name, and refused beyond the pixels that the caller allows', async () => {
    const decode = (bytes: Uint8Array) =>
      decodeViews(bytes, asIs(smooth), [{ mirror: false }], { name: 'pets.tar/0001.png', maxPixels: 2e6 })
    await expect(decode(Buffer.from('no picture'))).rejects.toMatchObject({ data: { file: 'pets.tar/0001.png' } })
    await expect(decode(claimedPng(2000, 1001, 1))).rejects.toThrow(
      'Cannot use "pets.tar/0001.png": it has more than 2 megapixels; replace',
    )
    await expect(decode(await encoder(smooth).png().toBuffer())).resolves.toHaveLength(1)
  })

  test('many bad pictures among good ones have each its own reason', async () => {
    const whole = await encoder(smooth).jpeg({ quality: 95 }).toBuffer()
    const bad = {
      JPEG: whole.subarray(0, whole.length / 2),
      png: (await encoder(smooth).png().toBuffer()).subarray(0, 2000),
      gif: (await encoder(smooth).gif().toBuffer()).subarray(0, 1200),
    }
    const good: View[] = [{ mirror: false }, { mirror: false, rotate: 5 }]
    for (let round = 0; round < 10; round++) {
      const pictures = Object.entries(bad).map(async ([format, bytes]) => {
        await expect(loadImage(bytes, asIs(smooth))).rejects.toThrow(new RegExp(`it is damaged \\(.*${format}`))
      })
      const others = [1, 2, 3, 4].map(() => decodeViews(whole, asIs(smooth), good))
      await Promise.all([...pictures, ...others])
    }
  })

  test('a folder', async () => {
    await expect(loadImage(folder, asIs(smooth))).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('it is a folder'),
    })
  })

  test('no such file', async () => {
    const path = join(folder, 'missing.jpg')
    await expect(loadImage(path, asIs(smooth))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining(path),
    })
  })

  test('a file whose name is not in UTF-8, as a folder lists it', async () => {
    await expect(loadImage(join(folder, '\ufffd.jpg'), asIs(smooth))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringMatching(/; if its name is not in UTF-8, rename it\.$/),
    })
  })
})
