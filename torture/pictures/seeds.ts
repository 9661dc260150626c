import { existsSync, readFileSync } from 'node:fs'
import sharp = require('sharp')
import { createRandom } from '../../src/math/random.js'
import { bmp } from './attacks/bmp.js'
import { av1, tiled } from './attacks/bmff.js'
import { gif } from './attacks/gif.js'

/** A small whole picture that mutations begin with. */
export interface Seed {
  readonly format: string
  readonly bytes: Buffer
}

const [width, height] = [24, 18]
/** A photograph in HEVC, which nothing here can write. */
const heic = '../shared/data/odd/x.heic'

/** Why there is no HEIC among the seeds; `undefined` where there is. */
export const withoutHeic = existsSync(heic) ? undefined : `HEIC: there is no ${heic}`

/** Pictures of every format in its variants: the same ones every time. */
export async function seeds(): Promise<Seed[]> {
  const random = createRandom('seeds')
  const noise = (length: number) => Uint8Array.from({ length }, () => random.integer(256))
  const colour = sharp(noise(3 * width * height), { raw: { width, height, channels: 3 } })
  const clear = sharp(noise(4 * width * height), { raw: { width, height, channels: 4 } })
  const frames = sharp(noise(3 * 3 * width * height), {
    raw: { width, height: 3 * height, channels: 3, pageHeight: height },
  })
  const tagged = () => colour.clone().withMetadata({ orientation: 6 }).withIccProfile('p3')
  const made: readonly (readonly [format: string, picture: sharp.Sharp])[] = [
    ['JPEG', colour.clone().jpeg()],
    ['JPEG', colour.clone().jpeg({ chromaSubsampling: '4:4:4', quality: 100 })],
    ['JPEG', colour.clone().jpeg({ progressive: true })],
    ['JPEG', colour.clone().greyscale().jpeg()],
    ['JPEG', colour.clone().toColourspace('cmyk').jpeg()],
    ['JPEG', tagged().jpeg()],
    ['PNG', colour.clone().png()],
    ['PNG', clear.clone().png({ progressive: true })],
    ['PNG', colour.clone().png({ palette: true, colours: 9 })],
    ['PNG', colour.clone().toColourspace('grey16').png()],
    ['PNG', colour.clone().threshold().png({ palette: true, colours: 2 })],
    ['PNG', tagged().png()],
    ['WebP', colour.clone().webp()],
    ['WebP', colour.clone().webp({ lossless: true })],
    ['WebP', clear.clone().webp()],
    ['WebP', frames.clone().webp({ delay: [10, 20, 30] })],
    ['WebP', tagged().webp()],
    ['GIF', colour.clone().gif()],
    ['GIF', frames.clone().gif({ delay: [10, 20, 30] })],
    ['TIFF', colour.clone().tiff({ compression: 'none' })],
    ['TIFF', colour.clone().tiff({ compression: 'lzw', predictor: 'horizontal' })],
    ['TIFF', colour.clone().tiff({ compression: 'deflate', tile: true, tileWidth: 16, tileHeight: 16 })],
    ['TIFF', colour.clone().tiff({ compression: 'jpeg' })],
    ['TIFF', colour.clone().tiff({ compression: 'deflate', bigtiff: true })],
    ['TIFF', colour.clone().toColourspace('b-w').tiff({ compression: 'deflate', predictor: 'none', bitdepth: 1 })],
    ['TIFF', tagged().tiff({ pyramid: true, tile: true, tileWidth: 16, tileHeight: 16 })],
    ['AVIF', colour.clone().avif({ effort: 0 })],
    ['AVIF', clear.clone().avif({ effort: 0, chromaSubsampling: '4:4:4', bitdepth: 10 })],
    ['AVIF', tagged().avif({ effort: 0 })],
  ]
  const encoded = await Promise.all(
    made.map(async ([format, picture]) => ({ format, bytes: await picture.toBuffer() })),
  )
  return [
    ...encoded,
    { format: 'GIF', bytes: Buffer.from(gif({ width, height }, 2, { width: 9, height: 9 })) },
    { format: 'AVIF', bytes: Buffer.from(tiled(await av1(64, 64), 64, 2)) },
    ...[1, 4, 8, 16, 24, 32].map((bits) => ({ format: 'BMP', bytes: Buffer.from(bmp(width, height, bits)) })),
    ...(withoutHeic === undefined ? [{ format: 'HEIC', bytes: readFileSync(heic) }] : []),
  ]
}
