import { createRandom, type Random } from '../math/random.js'
import { turnedBox } from './region.js'
import { plainView, type View } from './types.js'

const smallestArea = 0.7
const largestAspect = 4 / 3
const largestAngle = 8
const brightnessSpread = 0.15

/**
 * Views of a training picture beside the plain one: first its mirror image, then seeded mild variations (crop, turn,
 * mirror, brightness). The view at a place depends on the seed, the key and the place alone: a smaller `count` gives
 * the first views of a larger one, so that kept features stay valid.
 *
 * @param key what tells pictures apart: a content hash or a path
 */
export function augmentViews(count: number, seed: number, key: string): View[] {
  const views: View[] = []
  for (let index = 0; index < count; index++) {
    views.push(index === 0 ? { ...plainView, mirror: true } : randomView(createRandom(`${seed}:${index}:${key}`)))
  }
  return views
}

/** A short text that is the same for the same view, and for no other. */
export function viewKey(view: View): string {
  const { mirror, crop, rotate = 0, brightness = 1 } = view
  const parts: string[] = []
  if (mirror) parts.push('mirror')
  if (crop !== undefined) parts.push(`crop${crop.left},${crop.top},${crop.width},${crop.height}`)
  if (rotate !== 0) parts.push(`turn${rotate}`)
  if (brightness !== 1) parts.push(`light${brightness}`)
  return parts.length === 0 ? 'plain' : parts.join(' ')
}

function randomView(random: Random): View {
  const mirror = random.next() < 0.5
  const brightness = short(1 + brightnessSpread * signed(random))
  // Rejection: most draws whose turned crop would leave the picture are large crops with a large angle.
  for (;;) {
    const rotate = short(largestAngle * signed(random))
    const area = smallestArea + (1 - smallestArea) * random.next()
    const aspect = largestAspect ** signed(random)
    const width = Math.sqrt(area * aspect)
    const height = Math.sqrt(area / aspect)
    const box = turnedBox(width, height, rotate)
    if (box.width > 1 || box.height > 1) continue
    const left = random.next() * (1 - box.width) + (box.width - width) / 2
    const top = random.next() * (1 - box.height) + (box.height - height) / 2
    return {
      mirror,
      crop: { left: short(left), top: short(top), width: short(width), height: short(height) },
      rotate,
      brightness,
    }
  }
}

/** Uniform in [-1, 1). */
function signed(random: Random): number {
  return 2 * random.next() - 1
}

/** Four decimals, always towards zero: short keys, and a crop never grows past the picture. */
function short(value: number): number {
  return Math.trunc(value * 1e4) / 1e4
}
