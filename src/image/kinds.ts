import { isText, startsAsSvg } from './text.js'
import { isRawTiff } from './formats/raw-tiff.js'

/** What a file is by its first bytes: a picture of some format, or something else, as a countable noun. */
export type FileKind = { readonly picture: string } | { readonly other: string }

/** Formats that `loadImage` reads. */
export const readFormats: readonly string[] = ['JPEG', 'PNG', 'WebP', 'GIF', 'TIFF', 'AVIF', 'HEIC', 'BMP']

/** The same, for a sentence. */
export const readFormatList = `${readFormats.slice(0, -1).join(', ')} or ${readFormats.at(-1)}`

/** Number of first bytes that `kindOf` needs of a larger file. */
export const headSize = 4096

type Signature = readonly [kind: string, start: string, offset?: number]

// Each character stands for a byte; `.` stands for any.
const pictures: readonly Signature[] = [
  ['JPEG', '\xff\xd8\xff'],
  ['PNG', '\x89PNG\r\n\x1a\n'],
  ['GIF', 'GIF8'],
  ['WebP', 'RIFF....WEBP'],
  ['raw camera', 'II*\0....CR'],
  ['raw camera', 'FUJIFILMCCD-RAW'],
  ['raw camera', 'IIR'],
  ['raw camera', 'MMOR'],
  ['raw camera', 'IIU\0'],
  ['raw camera', 'FOVb'],
  ['raw camera', '\0MRM'],
  ['JPEG XR', 'II\xbc'],
  ['JPEG 2000', '\0\0\0\x0cjP  '],
  ['JPEG 2000', '\xff\x4f\xff\x51'],
  ['JPEG XL', '\0\0\0\x0cJXL '],
  ['JPEG XL', '\xff\x0a'],
  ['Photoshop', '8BPS'],
  ['GIMP', 'gimp xcf'],
  ['OpenEXR', '\x76\x2f\x31\x01'],
  ['HDR', '#?RADIANCE'],
  ['DDS', 'DDS '],
  ['DICOM', 'DICM', 128],
  ['FITS', 'SIMPLE  ='],
  ['QOI', 'qoif'],
  ['DjVu', 'AT&TFORM'],
]

const others: readonly Signature[] = [
  ['video', 'RIFF....AVI '],
  ['video', '\x1a\x45\xdf\xa3'],
  ['video', '\0\0\x01\xba'],
  ['video', '\0\0\x01\xb3'],
  ['video', 'FLV'],
  ['video', '\x30\x26\xb2\x75\x8e\x66\xcf\x11'],
  ['sound file', 'RIFF....WAVE'],
  ['sound file', 'OggS'],
  ['sound file', 'fLaC'],
  ['sound file', 'ID3'],
  ['sound file', '\xff\xfb'],
  ['sound file', 'MThd'],
  ['PDF document', '%PDF'],
  ['document', '\xd0\xcf\x11\xe0'],
  ['archive', 'PK\x03\x04'],
  ['archive', 'PK\x05\x06'],
  ['archive', '\x1f\x8b'],
  ['archive', '7z\xbc\xaf\x27\x1c'],
  ['archive', 'Rar!'],
  ['archive', 'BZh'],
  ['archive', '\xfd7zXZ'],
  ['archive', '\x28\xb5\x2f\xfd'],
  ['archive', 'ustar', 257],
]

/**
 * What a file is, whatever its name.
 *
 * @param head its first `headSize` bytes, or all of a shorter file
 */
export function kindOf(head: Uint8Array): FileKind {
  if (head.length === 0) return { other: 'empty file' }
  const picture = pictureFormat(head)
  if (picture !== undefined) return { picture }
  const known = others.find((signature) => matches(head, signature))
  if (known !== undefined) return { other: known[0] }
  if (matches(head, ['', 'ftyp', 4])) return { other: 'video' }
  return { other: isText(head) ? 'text file' : 'other file' }
}

/**
 * Two numbers, with blanks and comments before each. A comment ends with its line, and nothing here can be read in two
 * ways: a few hundred bytes could otherwise keep a regular expression busy for years.
 */
const netpbm = /^P[1-6]\s(?:\s|#[^\n\r]*[\n\r])*\d+\s(?:\s|#[^\n\r]*[\n\r])*\d+\s/

function pictureFormat(head: Uint8Array): string | undefined {
  const known = pictures.find((signature) => matches(head, signature))
  if (known !== undefined) return known[0]
  if (matches(head, ['', 'ftyp', 4])) return heifFormat(head)
  if (isTiff(head)) return isRawTiff(head) ? 'raw camera' : 'TIFF'
  if (isBmp(head)) return 'BMP'
  if (isIcon(head)) return 'icon'
  const start = latin1(head.subarray(0, 256))
  if (netpbm.test(start) || /^P7\s+(WIDTH|#)/.test(start)) return 'Netpbm'
  return startsAsSvg(head) ? 'SVG' : undefined
}

/**
 * Decides by the brands in the first box: AVIF has brands of its own, whereas `mif1` alone does not say how a picture
 * is coded.
 */
function heifFormat(head: Uint8Array): string | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const end = Math.min(head.length, view.getUint32(0))
  const brands: string[] = []
  for (let at = 8; at + 4 <= end; at += 4) if (at !== 12) brands.push(latin1(head.subarray(at, at + 4)))
  const has = (...names: string[]) => names.some((name) => brands.includes(name))
  if (has('avif', 'avis')) return 'AVIF'
  if (has('heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1')) return 'HEIC'
  return has('crx ') ? 'raw camera' : undefined
}

function isTiff(head: Uint8Array): boolean {
  return ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].some((start) => matches(head, ['', start]))
}

/** Two letters are too weak a signature, so the size of the second header must be a known one as well. */
function isBmp(head: Uint8Array): boolean {
  if (!matches(head, ['', 'BM']) || head.length < 18) return false
  const { buffer, byteOffset, length } = head
  return [12, 16, 40, 52, 56, 64, 108, 124].includes(new DataView(buffer, byteOffset, length).getUint32(14, true))
}

/** Whether it is an icon or cursor with at least one picture. */
function isIcon(head: Uint8Array): boolean {
  const [a, b, kind, c, count, d] = head
  return (
    head.length >= 22 &&
    a === 0 &&
    b === 0 &&
    (kind === 1 || kind === 2) &&
    c === 0 &&
    count! > 0 &&
    d === 0 &&
    head[9] === 0
  )
}

function matches(head: Uint8Array, [, start, offset = 0]: Signature): boolean {
  if (head.length < offset + start.length) return false
  for (let i = 0; i < start.length; i++) {
    if (start[i] !== '.' && head[offset + i] !== start.charCodeAt(i)) return false
  }
  return true
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}
