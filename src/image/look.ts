import sharp = require('sharp')
import { jpegQuality } from './formats/jpeg-quality.js'
import { gate } from './decode-gate.js'
import { openPicture } from './open-picture.js'

/** What can be seen of a picture without any model. */
export interface Look {
  /** Pixels, upright. */
  readonly width: number
  readonly height: number
  /** `JPEG`, `PNG` … */
  readonly format: string
  /** Estimated quality of a JPEG, 1..100, from its quantisation table. */
  readonly jpegQuality: number | undefined
  /** Maker and model of the camera, from the EXIF data. */
  readonly camera: string | undefined
  /** Mean of the luma, 0..255. */
  readonly brightness: number
  /** Standard deviation of the luma. */
  readonly contrast: number
  /** Mean distance of the channels from the luma, 0..255; 0 for a grey picture. */
  readonly colourfulness: number
  /** Luma of the picture squashed to `gridSide` × `gridSide`, row-major. */
  readonly luma: Uint8Array
}

/** Side of the luma grid. */
export const gridSide = 64

/**
 * Looks at a picture: its size, header and a small version of it.
 *
 * @returns `undefined` for a picture that cannot be decoded
 */
export async function lookAt(file: string): Promise<Look | undefined> {
  try {
    using picture = await openPicture(file, () => 0)
    const { bytes, format, maxPixels } = picture
    const image = sharp(bytes, { failOn: 'error', limitInputPixels: maxPixels, autoOrient: true })
    const { autoOrient, exif } = await gate.together(() => image.metadata())
    const small = await gate.together(() =>
      image
        .resize(gridSide, gridSide, { fit: 'fill' })
        .toColourspace('srgb')
        .flatten({ background: 'white' })
        .raw()
        .toBuffer(),
    )
    const pixels = gridSide ** 2
    const luma = new Uint8Array(pixels)
    let colour = 0
    for (let i = 0; i < pixels; i++) {
      const [red, green, blue] = [small[3 * i]!, small[3 * i + 1]!, small[3 * i + 2]!]
      // The weights of Rec. 601.
      const grey = 0.299 * red + 0.587 * green + 0.114 * blue
      luma[i] = Math.round(grey)
      colour += (Math.abs(red - grey) + Math.abs(green - grey) + Math.abs(blue - grey)) / 3
    }
    const brightness = luma.reduce((sum, value) => sum + value, 0) / pixels
    const variance = luma.reduce((sum, value) => sum + (value - brightness) ** 2, 0) / pixels
    return {
      width: autoOrient.width,
      height: autoOrient.height,
      format: format ?? 'other',
      jpegQuality: jpegQuality(bytes),
      camera: exif && cameraOf(exif),
      brightness,
      contrast: Math.sqrt(variance),
      colourfulness: colour / pixels,
      luma,
    }
  } catch {
    return undefined
  }
}

/** Maker and model from the first directory of EXIF data: entries of type ASCII with the tags 271 and 272. */
export function cameraOf(exif: Buffer): string | undefined {
  const start = exif.indexOf('Exif\0\0', 0, 'latin1') === 0 ? 6 : 0
  const tiff = exif.subarray(start)
  if (tiff.length < 8) return undefined
  const isLittle = tiff[0] === 0x49
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length)
  try {
    const directory = view.getUint32(4, isLittle)
    const entries = view.getUint16(directory, isLittle)
    const texts = [271, 272].map((wanted) => {
      for (let entry = 0; entry < entries; entry++) {
        const at = directory + 2 + 12 * entry
        if (view.getUint16(at, isLittle) !== wanted || view.getUint16(at + 2, isLittle) !== 2) continue
        const length = view.getUint32(at + 4, isLittle)
        const from = length <= 4 ? at + 8 : view.getUint32(at + 8, isLittle)
        return tiff
          .toString('latin1', from, Math.min(from + length, tiff.length))
          .replace(/\0[^]*$/, '')
          .trim()
      }
      return ''
    })
    const [maker, model] = texts as [string, string]
    const name = model.startsWith(maker) ? model : `${maker} ${model}`.trim()
    return name === '' ? undefined : name
  } catch {
    // Offsets that lead out of the data: a damaged or foreign directory says nothing.
    return undefined
  }
}
