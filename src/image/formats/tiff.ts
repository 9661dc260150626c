/** What a TIFF is to hold: HWC, three bytes per pixel, or four with an alpha channel that is not yet applied. */
export interface TiffShape {
  readonly width: number
  readonly height: number
  readonly channels: 3 | 4
  /** ICC profile of its colours. @default sRGB */
  readonly profile?: Uint8Array | undefined
}

const short = 3
const long = 4
const undefinedType = 7

/** A TIFF, and the part of it that is its pixels. */
export interface Tiff {
  readonly file: Uint8Array
  readonly pixels: Uint8Array
}

/**
 * An uncompressed TIFF whose pixels are yet to be filled in: the only form in which sharp takes raw pixels together
 * with their colour profile.
 */
export function emptyTiff({ width, height, channels, profile }: TiffShape): Tiff {
  const length = width * height * channels
  const entries: (readonly [tag: number, type: number, count: number, value: number])[] = []
  const entryCount = 10 + (channels === 4 ? 1 : 0) + (profile ? 1 : 0)
  const bitsAt = 8 + 2 + 12 * entryCount + 4
  const profileAt = bitsAt + 2 * channels
  const pixelsAt = profileAt + (profile?.length ?? 0)
  entries.push(
    [256, long, 1, width],
    [257, long, 1, height],
    [258, short, channels, bitsAt],
    [259, short, 1, 1], // no compression
    [262, short, 1, 2], // RGB
    [273, long, 1, pixelsAt],
    [277, short, 1, channels],
    [278, long, 1, height],
    [279, long, 1, length],
    [284, short, 1, 1], // channels interleaved
  )
  if (channels === 4) entries.push([338, short, 1, 2]) // unassociated alpha
  if (profile) entries.push([34675, undefinedType, profile.length, profileAt])

  const bytes = new Uint8Array(pixelsAt + length)
  const view = new DataView(bytes.buffer)
  bytes.set([0x49, 0x49, 42, 0, 8, 0, 0, 0])
  view.setUint16(8, entries.length, true)
  entries.forEach(([tag, type, count, value], i) => {
    const at = 10 + 12 * i
    view.setUint16(at, tag, true)
    view.setUint16(at + 2, type, true)
    view.setUint32(at + 4, count, true)
    view.setUint32(at + 8, value, true)
  })
  for (let i = 0; i < channels; i++) view.setUint16(bitsAt + 2 * i, 8, true)
  if (profile) bytes.set(profile, profileAt)
  return { file: bytes, pixels: bytes.subarray(pixelsAt) }
}
