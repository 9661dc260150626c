import { gridSide } from '../../image/look.js'
import { agreement } from './agreement.js'
import { correlation } from './correlation.js'

/** Two pictures whose detail correlates at least so much, in the best position, are one. */
const minCorrelation = 0.8
/** Pictures whose luma correlates less, in the best of a few positions, are not compared further. */
const minLuma = 0.6
/** The same, before any crop is tried. */
const minUncropped = 0.3
/** Sides of a crop, as shares of the picture's, and its places, as shares of what is left over. */
const sides = [1, 0.94, 0.88]
const places = [0, 0.5, 1]
/** How far a crop is moved to improve it, as a share of the picture's side. */
const steps = [0.02, 0.01, 0.005]
/** Where the first step leads to less, further ones are in vain. */
const minAfterFirst = 0.5
/** Side of the smaller grid on which the first crop is chosen, and radius of the blur that detail is left by. */
const coarse = 2
const blurRadius = 2
/** Two pictures are one where so large a share of the places agrees. */
const minAgreement = 0.85

/** A luma grid, with what the comparison needs of it. */
interface Grid {
  readonly side: number
  readonly values: Float32Array
}

/** A part of a grid, its sides and place as shares of the grid's. */
type Crop = readonly [left: number, top: number, width: number, height: number]

/**
 * Whether one of two pictures is the other one re-encoded, reduced, or cropped by some per cent a side: whether the
 * fine detail of one correlates with that of a crop of the other one. Pictures of one kind may agree in where they are
 * bright and dark, but not in detail. A frame, a watermark or the corners of a turned picture are detail that many may
 * share, but in some places only.
 *
 * @param first like the second a luma grid, see `Look`
 */
export function isSamePicture(first: Uint8Array, second: Uint8Array): boolean {
  const [a, b] = [Float32Array.from(first), Float32Array.from(second)]
  const [small, other] = [reduced(a), reduced(b)]
  if (correlation(small.values, other.values) < minUncropped) return false
  return isCropOf(a, b, small, other) || isCropOf(b, a, other, small)
}

/**
 * Whether `b` is a crop of `a`: whether its detail correlates with that of the crop where that is largest, as a whole
 * and place by place.
 *
 * @param small `a` reduced
 * @param other `b` reduced
 */
function isCropOf(a: Float32Array, b: Float32Array, small: Grid, other: Grid): boolean {
  const luma = (crop: Crop) => correlation(cropped(small, crop), other.values)
  let crop = bestOf(crops(), luma)
  if (luma(crop) < minLuma) return false
  const target = detail({ side: gridSide, values: b })
  const detailOf = (one: Crop) => detail({ side: gridSide, values: cropped({ side: gridSide, values: a }, one) })
  const score = (one: Crop) => correlation(detailOf(one), target)
  crop = improved(crop, steps[0]!, score)
  if (score(crop) < minAfterFirst) return false
  for (const step of steps.slice(1)) crop = improved(crop, step, score)
  return score(crop) >= minCorrelation && agreement(detailOf(crop), target) >= minAgreement
}

function crops(): Crop[] {
  return sides.flatMap((width) =>
    sides.flatMap((height) =>
      (width === 1 ? [0] : places).flatMap((left) =>
        (height === 1 ? [0] : places).map((top): Crop => [left * (1 - width), top * (1 - height), width, height]),
      ),
    ),
  )
}

function bestOf(all: readonly Crop[], score: (crop: Crop) => number): Crop {
  const scores = all.map(score)
  return all[scores.indexOf(Math.max(...scores))]!
}

/** Moves the four edges of a crop, each by a step, as long as that helps. */
function improved(start: Crop, step: number, score: (crop: Crop) => number): Crop {
  let best = start
  let bestScore = score(start)
  for (let round = 0; round < 6; round++) {
    const before = bestScore
    for (const edge of [0, 1, 2, 3]) {
      for (const by of [-step, step]) {
        const moved = withEdge(best, edge, by)
        const value = moved && score(moved)
        if (moved && value! > bestScore) [best, bestScore] = [moved, value!]
      }
    }
    if (bestScore === before) break
  }
  return best
}

/** The crop with its left, top, right or bottom edge moved; `undefined` beyond the picture. */
function withEdge([left, top, width, height]: Crop, edge: number, by: number): Crop | undefined {
  const moved: Crop =
    edge === 0
      ? [left + by, top, width - by, height]
      : edge === 1
        ? [left, top + by, width, height - by]
        : edge === 2
          ? [left, top, width + by, height]
          : [left, top, width, height + by]
  const [x, y, w, h] = moved
  return x < 0 || y < 0 || x + w > 1 || y + h > 1 || Math.min(w, h) < 0.7 ? undefined : moved
}

/** The grid at half the side, each cell the mean of four. */
function reduced(values: Float32Array): Grid {
  const side = gridSide / coarse
  const result = new Float32Array(side ** 2)
  values.forEach((value, i) => {
    const row = Math.floor(Math.floor(i / gridSide) / coarse)
    result[row * side + Math.floor((i % gridSide) / coarse)]! += value / coarse ** 2
  })
  return { side, values: result }
}

/** Resamples a part of a grid to a whole one, bilinearly. */
function cropped({ side, values }: Grid, [left, top, width, height]: Crop): Float32Array {
  const across = Array.from({ length: side }, (_, column) => positionOf(left + ((column + 0.5) / side) * width, side))
  const result = new Float32Array(side ** 2)
  for (let row = 0; row < side; row++) {
    const [above, down] = positionOf(top + ((row + 0.5) / side) * height, side)
    for (let column = 0; column < side; column++) {
      const [before, right] = across[column]!
      const at = above * side + before
      const upper = values[at]! * (1 - right) + values[at + 1]! * right
      const lower = values[at + side]! * (1 - right) + values[at + side + 1]! * right
      result[row * side + column] = upper * (1 - down) + lower * down
    }
  }
  return result
}

/** The cell whose centre lies before a place, and how far the place is on the way to the next. */
function positionOf(share: number, side: number): readonly [cell: number, part: number] {
  const place = Math.max(0, Math.min(side - 1, share * side - 0.5))
  const cell = Math.min(side - 2, Math.floor(place))
  return [cell, place - cell]
}

/** What a grid differs by from its surroundings: a box blur, in one direction after the other, is taken off. */
function detail({ side, values }: Grid): Float32Array {
  const blurred = blur(blur(values, side, 1, side), side, side, 1)
  return values.map((value, i) => value - blurred[i]!)
}

/** Means over neighbouring cells of a line; `next` leads along a line and `line` to the next one. */
function blur(values: Float32Array, side: number, next: number, line: number): Float32Array {
  const result = new Float32Array(values.length)
  for (let start = 0, n = 0; n < side; n++, start += line) {
    for (let i = 0; i < side; i++) {
      const [from, to] = [Math.max(0, i - blurRadius), Math.min(side - 1, i + blurRadius)]
      let sum = 0
      for (let j = from; j <= to; j++) sum += values[start + j * next]!
      result[start + i * next] = sum / (to - from + 1)
    }
  }
  return result
}
