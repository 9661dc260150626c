import { float16ToFloat32 } from '../../src/math/float16.js'
import { memoryWriter, readRows } from '../../src/features/feature-rows.js'
import type { Layer } from '../../src/features/layers.js'
import { allLayers, buildTable, type FeatureTable } from '../../src/features/table.js'
import { createRandom } from '../../src/math/random.js'

const size = 12
const names = ['late', 'bottleneck', 'middle', 'late:4x4']
const usual = 2

/** Two layers that heads read by default, a further one, and a further one in a grid. */
export const layers: readonly Layer[] = names.map((name, i) => ({
  name,
  size,
  cells: name.endsWith('4x4') ? 4 : 1,
  byDefault: i < usual,
}))

/** Places of layers among them. */
export const [late, bottleneck, middle, grid] = [0, 1, 2, 3]

export interface Layered {
  readonly classes: number
  /** Images of every class. */
  readonly count: number
  /** The layers in which the class of an image shows; the others are noise alone. */
  readonly shows: (label: number) => readonly number[]
  /** How far the class's number lies above noise, in standard deviations. @default 3 */
  readonly height?: number
  readonly seed: number | string
}

/** Images whose class shows in some of the layers, by a number above noise. */
export function layeredImages({ classes, count, shows, height = 3, seed }: Layered): FeatureTable {
  const random = createRandom(`layers:${seed}`)
  const rows = Array.from({ length: classes * count }, (_, image) => {
    const label = image % classes
    const features = Float32Array.from({ length: size * layers.length }, () => random.normal())
    for (const layer of shows(label)) features[layer * size + (label % size)]! += height
    return { bottleneck: { features, logits: Float32Array.of(0, random.normal()) }, label, image }
  })
  const further = memoryWriter(rows.length, (layers.length - usual) * size)
  return buildTable(rows, rows.length, usual * size, undefined, further)
}

/** Images of an old class, which show nothing, and stand out by their old logits alone. */
export function plainOldImages(count = 100): FeatureTable {
  return layeredImages({ classes: 1, count, shows: () => [], seed: 99 })
}

/** The features of all layers of every row. */
export function allFeaturesOf(table: FeatureTable): number[][] {
  const rows = allLayers(table)
  return Array.from({ length: table.count }, (_, row) => Array.from(readRows(rows, row, row + 1), float16ToFloat32))
}
