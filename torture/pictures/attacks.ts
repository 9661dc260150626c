import type { Attack } from './attacks/attack.js'
import { bmffAttacks } from './attacks/bmff.js'
import { bmpAttacks } from './attacks/bmp.js'
import { gifAttacks } from './attacks/gif.js'
import { jpegAttacks } from './attacks/jpeg.js'
import { pngAttacks } from './attacks/png.js'
import { tiffAttacks } from './attacks/tiff.js'
import { webpAttacks } from './attacks/webp.js'

export const attacks: readonly Attack[] = [
  ...jpegAttacks,
  ...pngAttacks,
  ...webpAttacks,
  ...gifAttacks,
  ...tiffAttacks,
  ...bmffAttacks,
  ...bmpAttacks,
]
