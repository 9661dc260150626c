import type { Feature } from '../locate/locate.js'

/** A part of the features: one layer of the network, averaged over positions or over the cells of a grid. */
export interface Layer {
  /** Names it to people; no other layer of the backbone is called so. */
  readonly name: string
  /** How many numbers it gives. */
  readonly size: number
  /** Whether heads read it where nothing was chosen; those layers come first, and are the `features` of a table. */
  readonly byDefault: boolean
}

/**
 * Describes the layers of a backbone.
 *
 * @param taps those that heads read where nothing was chosen, the bottleneck last
 * @param further the others
 */
export function describeLayers(taps: readonly Feature[], further: readonly Feature[]): Layer[] {
  const bottleneck = taps.at(-1)!
  const blocks = [...taps, ...further].filter(({ tensor }) => tensor !== bottleneck.tensor)
  const nameOf = shortNames(blocks.map(({ tensor }) => tensor))
  const describe = (byDefault: boolean) => (layer: Feature) => {
    const name = layer.tensor === bottleneck.tensor ? 'bottleneck' : nameOf(layer.tensor)
    const cells = layer.grid ? `:${layer.grid.cells}x${layer.grid.cells}` : ''
    return { name: name + cells, size: layer.size, byDefault }
  }
  return [...taps.map(describe(true)), ...further.map(describe(false))]
}

/** The layer of a backbone of which no parts are known, as in bundles of earlier versions. */
export function wholeLayer(dim: number): Layer[] {
  return [{ name: 'features', size: dim, byDefault: true }]
}

/** Numbers of all layers together. */
export function sizeOfLayers(layers: readonly Pick<Layer, 'size'>[]): number {
  return layers.reduce((sum, { size }) => sum + size, 0)
}

/** Names without the parts between slashes that all of them begin or end with: `net/Mixed_6e/concat` is `Mixed_6e`. */
function shortNames(names: readonly string[]): (name: string) => string {
  const all = [...new Set(names)].map((name) => name.split('/'))
  if (all.length === 0) return (name) => name
  const parts = Math.min(...all.map(({ length }) => length)) - 1
  const agree = (at: number) => all.every((one) => one.at(at) === all[0]!.at(at))
  let first = 0
  while (first < parts && agree(first)) first++
  let last = 0
  while (first + last < parts && agree(-1 - last)) last++
  return (name) =>
    name
      .split('/')
      .slice(first, last === 0 ? undefined : -last)
      .join('/')
}
