import type { Feature } from '../locate/locate.js'

/** A part of the features: one layer of the network, averaged over positions or over the cells of a grid. */
export interface Layer {
  /** Names it to people; no other layer of the backbone is called so. */
  readonly name: string
  /** How many numbers it gives. */
  readonly size: number
  /** Cells along each side of the grid that it is averaged over; 1 where it is averaged as a whole. */
  readonly cells: number
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
  const names = new Map([[bottleneck.tensor, 'bottleneck']])
  const shortName = shortNames(blocks.map(({ tensor }) => tensor))
  for (const { tensor } of blocks) {
    if (!names.has(tensor)) names.set(tensor, nameApart(shortName(tensor), new Set(names.values())))
  }
  const describe = (byDefault: boolean) => (layer: Feature) => {
    const block = names.get(layer.tensor)!
    const cells = layer.grid?.cells ?? 1
    return { name: cells === 1 ? block : `${block}${gridMark(cells)}`, size: layer.size, cells, byDefault }
  }
  return [...taps.map(describe(true)), ...further.map(describe(false))]
}

/** The layer of a backbone of which no parts are known, as in bundles of earlier versions. */
export function wholeLayer(dim: number): Layer[] {
  return [{ name: 'features', size: dim, cells: 1, byDefault: true }]
}

/** The names of the layers that heads read where nothing was chosen. */
export function usualLayers(layers: readonly Layer[]): string[] {
  return layers.filter(({ byDefault }) => byDefault).map(({ name }) => name)
}

/** The block that a layer is the output of, by name. */
export function blockOf({ name, cells }: Layer): string {
  return cells === 1 ? name : name.slice(0, -gridMark(cells).length)
}

function gridMark(cells: number): string {
  return `:${cells}x${cells}`
}

/** Numbers of all layers together. */
export function sizeOfLayers(layers: readonly Pick<Layer, 'size'>[]): number {
  return layers.reduce((sum, { size }) => sum + size, 0)
}

/** A name, with a number where it is empty, another block's or could be that of a grid. */
function nameApart(name: string, taken: ReadonlySet<string>): string {
  const isFree = name !== '' && !taken.has(name) && !/:\d+x\d+$/.test(name)
  if (isFree) return name
  let number = 2
  while (taken.has(`${name}#${number}`)) number++
  return `${name}#${number}`
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
