import { decodeBmp } from '../../../src/image/formats/bmp.js'
import { heifProfile } from '../../../src/image/formats/heif-profile.js'
import { jpegQuality } from '../../../src/image/formats/jpeg-quality.js'
import { headSize, kindOf } from '../../../src/image/kinds.js'
import { withoutText } from '../../../src/image/formats/png-text.js'
import { notDecodable } from '../../../src/image/problems.js'
import { samplesPerPixel } from '../../../src/image/formats/jpeg-segments.js'
import { firstFrame } from '../../../src/image/formats/webp-frames.js'
import { encoder, paint, pngChunk } from '../../../test/image/pictures.js'
import { bytesMutator } from '../mutate/bytes.js'
import { fileReader } from './reader.js'

const picture = paint(5, 3, (x, y) => [x * 50, y * 80, 7])

/** What there is of our own code between a file and its decoder. */
export const pictureHeads = fileReader(
  'picture-heads',
  'a.jpg',
  async () => {
    const png = await encoder(picture).png().toBuffer()
    const end = png.length - 12
    return [
      png,
      Buffer.concat([png.subarray(0, end), pngChunk('tEXt', Buffer.from('a\0b')), png.subarray(end)]),
      await encoder(picture).jpeg().toBuffer(),
      await encoder(picture).tiff().toBuffer(),
      await encoder(picture).heif({ compression: 'av1' }).toBuffer(),
      await encoder(picture).webp().toBuffer(),
      'P6 # a\n 5 3 255 ',
      '<?xml version="1.0"?><!-- a --><svg xmlns="http://www.w3.org/2000/svg"/>',
    ]
  },
  bytesMutator([
    '# ',
    '<!--',
    '-->',
    '<svg',
    'P6 ',
    'P7 WIDTH',
    'ftypmif1',
    'colrprof',
    'meta',
    'iprp',
    'ipco',
    '\xff\xdb',
    'zTXt',
  ]),
  (_, input) => {
    kindOf(input.subarray(0, headSize))
    notDecodable(input)
    heifProfile(input)
    jpegQuality(input)
    withoutText(input)
    samplesPerPixel(input)
    firstFrame(input)
  },
)

/** Bitmaps, all of whose reader is ours. */
export const bmp = fileReader(
  'bmp',
  'a.bmp',
  () => [1, 4, 8, 16, 24, 32].map(bitmap),
  bytesMutator([Uint8Array.of(12, 0, 0, 0), Uint8Array.of(124, 0, 0, 0), Uint8Array.of(3, 0, 0, 0)]),
  async (_, input) => {
    try {
      await decodeBmp(input, 2 ** 20)
    } catch (error) {
      // `decodeViews` makes a sentence of its reasons.
      if (!(error instanceof Error) || error.constructor !== Error) throw error
    }
  },
)

function bitmap(bits: number): Buffer {
  const palette = bits <= 8 ? 4 * 2 ** bits : 0
  const stride = 4 * Math.ceil((5 * bits) / 32)
  const head = Buffer.alloc(54 + palette)
  head.write('BM')
  head.writeUInt32LE(54 + palette, 10)
  head.writeUInt32LE(40, 14)
  head.writeInt32LE(5, 18)
  head.writeInt32LE(3, 22)
  head.writeUInt16LE(1, 26)
  head.writeUInt16LE(bits, 28)
  return Buffer.concat([head, Buffer.alloc(3 * stride, 0x5a)])
}
