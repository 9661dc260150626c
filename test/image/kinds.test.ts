import { describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { kindOf } from '../../src/image/kinds.js'

/** The first bytes of a file from a string, one byte per character, followed by bytes that no text has. */
function file(start: string): Uint8Array {
  return Buffer.concat([Buffer.from(start, 'latin1'), new Uint8Array(300)])
}

const dot = sharp({ create: { width: 2, height: 2, channels: 3, background: 'red' } })

describe('kindOf', () => {
  test.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)(
    'a picture that sharp writes: %s',
    async (format) => {
      const bytes = await dot.clone().toFormat(format).toBuffer()
      expect(kindOf(bytes.subarray(0, 4096))).toEqual({
        picture: expect.stringMatching(new RegExp(`^${format}$`, 'i')),
      })
    },
  )

  test.each<[string, string]>([
    ['HEIC', '\0\0\0\x18ftypheic\0\0\0\0mif1heic'],
    ['HEIC', '\0\0\0\x18ftypmif1\0\0\0\0mif1heic'],
    ['AVIF', '\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf'],
    ['BMP', 'BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0'],
    ['JPEG 2000', '\0\0\0\x0cjP  \r\n\x87\n'],
    ['JPEG XL', '\xff\x0a'],
    ['Photoshop', '8BPS\0\x01'],
    ['raw camera', 'II*\0\x10\0\0\0CR\x02\0'],
    ['raw camera', '\0\0\0\x18ftypcrx \0\0\0\x01crx isom'],
    ['icon', '\0\0\x01\0\x01\0\x10\x10\0\0\x01\0'],
    ['Netpbm', 'P6\n# made by hand\n640 480\n255\n'],
    ['SVG', '<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg">'],
  ])('a picture of another format: %s', (format, start) => {
    expect(kindOf(file(start))).toEqual({ picture: format })
  })

  test.each<[string, string]>([
    ['video', '\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41'],
    ['video', '\0\0\0\x14ftypqt  '],
    ['video', '\x1a\x45\xdf\xa3'],
    ['sound file', 'RIFF\x24\0\0\0WAVEfmt '],
    ['PDF document', '%PDF-1.7'],
    ['archive', 'PK\x03\x04'],
    ['other file', 'BM and no more than a word'],
    ['other file', '\x93NUMPY'],
  ])('what is no picture: %s', (kind, start) => {
    expect(kindOf(file(start))).toEqual({ other: kind })
  })

  test.each(['rose,12\n', '\ufeffrötlich', 'P1 of the plan', 'BM', '<html><body><svg></svg>', '{"a": 1}'])(
    'text: %j',
    (text) => {
      expect(kindOf(Buffer.from(text))).toEqual({ other: 'text file' })
    },
  )

  // Each could keep a regular expression busy for years: a name of 250 bytes did so to the service.
  test.each([
    ['comments of a Netpbm', `P1 ${'# '.repeat(126)}x`],
    ['comments of an SVG', `${'<!---->'.repeat(290)}x`],
    ['comments of an SVG that begin anew', `<!--${'--> <!--'.repeat(250)}`],
    ['declarations of an SVG', `${'<!DOCTYPE svg [>]>'.repeat(110)}x`],
    ['blanks', ' '.repeat(4096)],
  ])('text that begins as a drawing and is none, at once: %s', (_, start) => {
    expect(kindOf(Buffer.from(start))).toEqual({ other: 'text file' })
  })

  test.each([
    ['Netpbm', 'P5 #a\r# b\n# c\n 3 #\n4 255 '],
    ['SVG', '<!-- a --><!-- > -- b --><!DOCTYPE svg [ <!ENTITY a "b"> ]><!----><svg>'],
    ['SVG', '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd">\n<svg:svg x="1">'],
  ])('comments and declarations before a drawing: %s', (format, start) => {
    expect(kindOf(file(start))).toEqual({ picture: format })
  })

  test('an empty file', () => {
    expect(kindOf(new Uint8Array())).toEqual({ other: 'empty file' })
  })

  test('a raw picture of a camera is told from the TIFF that it looks like', () => {
    const dng = file('II*\0\x08\0\0\0\x01\0\x12\xc6\x01\0\x04\0\0\0\x01\x04\0\0')
    expect(kindOf(dng)).toEqual({ picture: 'raw camera' })
    const thumbnailFirst = file(
      'MM\0*\0\0\0\x08\0\x02\0\xfe\0\x04\0\0\0\x01\0\0\0\x01\x01\x4a\0\x04\0\0\0\x02\0\0\0\x40',
    )
    expect(kindOf(thumbnailFirst)).toEqual({ picture: 'raw camera' })
    expect(kindOf(file('II*\0\x08\0\0\0\x01\0\0\x01\x03\0\x01\0\0\0\x02\0\0\0'))).toEqual({ picture: 'TIFF' })
  })
})
