import type { Network } from './network.js'
import type { Feature, Grid } from './types.js'

/** Most numbers that a grid may give. */
const maxNumbers = 2 ** 14
/** Most tokens beside those of positions: a class token, and registers. */
const maxOtherTokens = 8

/**
 * The feature with one average for each cell of a grid instead of a single one; `undefined` where the picture's size is
 * free, the tensor is too coarse, or its positions are in no known order. Cells are of equal size; they overlap where
 * the side cannot be divided.
 */
export function inGrid({ shapes, sizesFixed }: Network, feature: Feature, cells: number): Feature | undefined {
  const dims = shapes.get(feature.tensor)!
  if (!sizesFixed || feature.select !== undefined || feature.size * cells ** 2 > maxNumbers) return undefined
  const tokens = dims.length === 3 ? tokensOf(dims[1]!) : undefined
  const sides = dims.length === 4 ? dims.filter((_, axis) => axis > 0 && axis !== feature.channelAxis) : tokens?.sides
  if (sides === undefined || sides.some((side) => side < cells)) return undefined
  const stride = sides.map((side) => Math.floor(side / cells))
  const kernel = sides.map((side, i) => side - (cells - 1) * stride[i]!)
  const grid: Grid = { cells, kernel, stride, ...(tokens ? { tokens } : {}) }
  return { ...feature, size: feature.size * cells ** 2, grid }
}

/** Tokens that are a square of positions after some others, as in a vision transformer. */
function tokensOf(count: number): Grid['tokens'] {
  const side = Math.floor(Math.sqrt(count))
  const others = count - side ** 2
  return others > maxOtherTokens ? undefined : { others, sides: [side, side] }
}
