import { blockOf, sizeOfLayers, type Layer } from '../features/layers.js'
import { partName } from '../backbone/tensor-names.js'

/** Which layers heads read, and how much each counts. */
export interface LayerChoice {
  /** `default`, `all` or `layout` (see `layerChoices`), or the names that were asked for. */
  readonly name: string
  /** The layers that are read, in their order. */
  readonly layers: readonly ChosenLayer[]
}

/** A layer that heads read. */
export interface ChosenLayer {
  readonly name: string
  /** Its tensor in a prepared backbone. */
  readonly tensor: string
  /** Its first column among those of all layers. */
  readonly start: number
  /** Exclusive. */
  readonly end: number
  /** What its features, standardised, are multiplied by. */
  readonly scale: number
}

/** How much layers deeper than the one in a grid count where the layout is to decide. */
const lateScale = 0.15

/**
 * The choices to try, the default first: the default layers; the averages of all layers; and the layout, that is, one
 * layer in a grid beside the default layers, of which the deeper ones have a small scale.
 *
 * Scales are such that a row of standardised features has the same length with every choice: one regularisation then
 * means the same to all of them.
 */
export function layerChoices(layers: readonly Layer[]): LayerChoice[] {
  const choices = [choose('default', layers, ({ byDefault }) => (byDefault ? 1 : 0))]
  if (layers.some(({ cells, byDefault }) => cells === 1 && !byDefault)) {
    choices.push(choose('all', layers, ({ cells }) => (cells === 1 ? 1 : 0)))
  }
  const grid = layers.find(({ cells }) => cells > 1)
  if (grid) {
    const late = layers.slice(layers.findIndex(({ name }) => name === blockOf(grid)) + 1)
    const usualScale = (layer: Layer) => (late.includes(layer) ? lateScale : 1)
    choices.push(choose('layout', layers, (layer) => (layer.byDefault ? usualScale(layer) : Number(layer === grid))))
  }
  return choices
}

/** The named layers, all with one scale. */
export function namedLayers(layers: readonly Layer[], names: readonly string[]): LayerChoice {
  return choose(names.join(','), layers, ({ name }) => (names.includes(name) ? 1 : 0))
}

function choose(name: string, layers: readonly Layer[], scaleOf: (layer: Layer) => number): LayerChoice {
  const scales = layers.map(scaleOf)
  const length = layers.reduce((sum, { size }, i) => sum + scales[i]! ** 2 * size, 0)
  const usual = sizeOfLayers(layers.filter(({ byDefault }) => byDefault))
  const chosen: ChosenLayer[] = []
  let start = 0
  for (const [i, layer] of layers.entries()) {
    const end = start + layer.size
    const tensor = tensorOf(layers, layer)
    if (scales[i]! > 0) {
      chosen.push({ name: layer.name, tensor, start, end, scale: scales[i]! * Math.sqrt(usual / length) })
    }
    start = end
  }
  return { name, layers: chosen }
}

function tensorOf(layers: readonly Layer[], layer: Layer): string {
  const of = layer.byDefault ? 'features' : 'further'
  return partName(of, layers.filter(({ byDefault }) => byDefault === layer.byDefault).indexOf(layer))
}
