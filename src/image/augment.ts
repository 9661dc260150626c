import { power } from '../math/power.js'
import { createRandom, type Random } from '../math/random.js'
import { turnedBox } from './region.js'
import { plainView, type View } from './types.js'

const minArea = 0.7

/** How far the geometry of views goes. */
interface Reach {
  /** Width to height of the crop, or the other way round, as shares of the picture's. */
  readonly aspect: number
  /** Degrees either way. */
  readonly angle: number
}

const mild: Reach = { aspect: 4 / 3, angle: 8 }
const brightnessSpread = 0.15
/** For networks that learn from the views themselves, and know few pictures by heart soon (docs/lab-notes.md). */
const strong: Reach = { aspect: 1.1, angle: 10 }
const strongBrightness = [0.7, 1.3] as const
const strongContrast = [0.75, 1.3] as const
const strongSaturation = [0.6, 1.4] as const

/**
 * Views of a training picture beside the plain one: first its mirror image, then seeded mild variations (crop,
 * rotation, mirroring, brightness). A view depends only on its index, the seed and the key: a smaller `count` gives the
 * first views of a larger one, so that cached features stay valid.
 *
 * @param key identifies the picture: a content hash or a path
 */
export function augmentViews(count: number, seed: number, key: string): View[] {
  const views: View[] = []
  for (let index = 0; index < count; index++) {
    views.push(index === 0 ? { ...plainView, mirror: true } : variedView(seed, key, index))
  }
  return views
}

/** A mild variation of a picture; that of index 1 is the second of its augmented views. */
export function variedView(seed: number, key: string, index = 1): View {
  return mildView(createRandom(`${seed}:${index}:${key}`))
}

/** A variation whose colours vary as well, and more: those of the same picture and seed differ by `index`. */
export function stronglyVariedView(seed: number, key: string, index: number): View {
  const random = createRandom(`${seed}:strong:${index}:${key}`)
  return {
    mirror: random.next() < 0.5,
    ...turnedCrop(random, strong),
    brightness: between(random, strongBrightness),
    contrast: between(random, strongContrast),
    saturation: between(random, strongSaturation),
  }
}

/** A short key, the same for equal views and for no others. */
export function viewKey(view: View): string {
  const { mirror, crop, rotate = 0, brightness = 1, contrast = 1, saturation = 1 } = view
  const parts: string[] = []
  if (mirror) parts.push('mirror')
  if (crop !== undefined) parts.push(`crop${crop.left},${crop.top},${crop.width},${crop.height}`)
  if (rotate !== 0) parts.push(`turn${rotate}`)
  if (brightness !== 1) parts.push(`light${brightness}`)
  if (contrast !== 1) parts.push(`contrast${contrast}`)
  if (saturation !== 1) parts.push(`colour${saturation}`)
  return parts.length === 0 ? 'plain' : parts.join(' ')
}

function mildView(random: Random): View {
  const mirror = random.next() < 0.5
  const brightness = truncated(1 + brightnessSpread * signed(random))
  return { mirror, ...turnedCrop(random, mild), brightness }
}

/** Rejection sampling: most rejected draws are large crops with a large angle, which would leave the picture. */
function turnedCrop(random: Random, { aspect: maxAspect, angle }: Reach): Pick<View, 'crop' | 'rotate'> {
  for (;;) {
    const rotate = truncated(angle * signed(random))
    const area = minArea + (1 - minArea) * random.next()
    const aspect = power(maxAspect, signed(random))
    const width = Math.sqrt(area * aspect)
    const height = Math.sqrt(area / aspect)
    const box = turnedBox(width, height, rotate)
    if (box.width > 1 || box.height > 1) continue
    const left = random.next() * (1 - box.width) + (box.width - width) / 2
    const top = random.next() * (1 - box.height) + (box.height - height) / 2
    const crop = { left: truncated(left), top: truncated(top), width: truncated(width), height: truncated(height) }
    return { crop, rotate }
  }
}

function between(random: Random, [low, high]: readonly [number, number]): number {
  return truncated(low + (high - low) * random.next())
}

/** Uniform in [-1, 1). */
function signed(random: Random): number {
  return 2 * random.next() - 1
}

/** Truncates to four decimals: keys stay short, and a crop never grows past the picture. */
function truncated(value: number): number {
  return Math.trunc(value * 1e4) / 1e4
}
