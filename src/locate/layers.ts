import { findBlocks } from './blocks.js'
import { inGrid } from './grid.js'
import type { Network } from './network.js'
import type { Feature } from './types.js'

/** Layers beside the bottleneck that heads may read. */
export interface Layers {
  /** Averages of up to four of the last blocks, the shallowest first. */
  readonly taps: readonly Feature[]
  /** Further layers to choose from: averages of other blocks, the shallowest first, then one block in a grid. */
  readonly candidates: readonly Feature[]
}

const maxTaps = 4
/** Blocks of the resolution before the last, or of a network with a single one, taps among them. */
const maxBlocks = 6
/** Cells along each side of the grid: enough to tell where things lie. */
const cells = 4

/**
 * Finds the layers beside the bottleneck by structure. Taps are taken evenly from the last two resolutions, or, in a
 * network with a single resolution such as a transformer, from the last blocks. Candidates are the other blocks of the
 * resolution before the last, taken evenly, and the last of them with its averages in a grid: what is told apart by its
 * layout is lost later. Blocks of earlier resolutions cost the most to read, and bring nothing (docs/lab-notes.md).
 */
export function findLayers(network: Network, bottleneck: string): Layers {
  const blocks = findBlocks(network, bottleneck)
  const resolutions = [...new Set(blocks.map((block) => positions(network, block)))]
  const at = (from: number) => blocks.filter((block) => positions(network, block) === resolutions.at(from))
  const isSingle = resolutions.length < 2
  const before = isSingle ? blocks.slice(0, -maxTaps) : at(-2)
  const last = isSingle ? blocks.slice(-maxTaps) : evenlySpaced(at(-1), maxTaps / 2)
  const taps = isSingle ? last : [...evenlySpaced(before, maxTaps - last.length), ...last]
  const further = evenlySpaced(before, maxBlocks)
  const gridOf = isSingle ? last[0] : before.at(-1)
  const grid = gridOf && inGrid(network, gridOf, cells)
  return { taps, candidates: [...further.filter((block) => !taps.includes(block)), ...(grid ? [grid] : [])] }
}

/** How many positions (pixels or tokens) a feature has. */
function positions({ shapes }: Network, { tensor, size }: Feature): number {
  return shapes.get(tensor)!.reduce((product, dim) => product * dim, 1) / size
}

/** `count` evenly spaced items, the last one included. */
function evenlySpaced<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items]
  return Array.from({ length: count }, (_, i) => items[Math.round(((i + 1) * items.length) / count) - 1]!)
}
