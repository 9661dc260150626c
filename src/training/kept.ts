import { join } from 'node:path'
import { decodeBundled } from '../bundle/decode.js'
import { columnsByIncrement, columnsOf } from '../bundle/columns.js'
import { modelFile } from '../bundle/layout.js'
import { checkBundleFile } from '../bundle/own-file.js'
import type { Bundle, LoadedBundle } from '../bundle/read.js'
import type { Manifest } from '../bundle/manifest.js'
import { openTable } from '../bundle/table-file.js'
import { NpluskError } from '../core/errors.js'
import { emptyHead } from '../head/columns.js'
import type { Head } from '../head/types.js'
import { headPrefix } from '../merge/merge-heads.js'
import { dimsOf, readTensor } from '../onnx/tensor.js'
import type { IncrementFeatures } from './column-table.js'

/** The increments of a bundle with the features that were kept of them. */
export async function keptIncrements(bundle: Bundle): Promise<IncrementFeatures[]> {
  return Promise.all(
    bundle.manifest.increments.map(async (increment) => ({
      increment,
      table: openTable(await checkBundleFile(bundle, increment.features), { classes: increment.classes.length }),
    })),
  )
}

/** How many columns were added, and how many there are in all; merged classes have none of their own. */
export function addedCount({ base, increments }: Manifest): { added: number; total: number } {
  const added = columnsOf(increments).filter(({ mergedInto }) => mergedInto === undefined).length
  return { added, total: base.classes.length + added }
}

/**
 * The added heads of a bundle as its model has them, one per increment; that of an increment which only made classes grow has no column.
 *
 * @throws NpluskError `CONFLICT` where a class has two columns, as those of earlier versions had that were merged twice
 */
export function keptHeads(bundle: LoadedBundle): Head[] {
  const { graph } = decodeBundled(bundle)
  const find = (name: string) => {
    const tensor = graph.initializer.find((one) => one.name === name)
    if (tensor === undefined) {
      const path = join(bundle.folder, modelFile)
      throw new NpluskError('BAD_BUNDLE', `${path} lacks ${name}; restore the bundle from a copy, or build it again.`)
    }
    return tensor
  }
  return columnsByIncrement(bundle.manifest.increments).map((columns, i) => {
    if (columns.length === 0) return emptyHead(bundle.manifest.backbone.dim)
    const weight = find(`${headPrefix(i)}weight`)
    const [dim, classes] = dimsOf(weight) as [number, number]
    if (classes !== columns.length) {
      const message = `${bundle.folder} was made by an earlier version, and has a class in two heads, which cannot stay as they are; leave out --freeze-added this once.`
      throw new NpluskError('CONFLICT', message)
    }
    const values = (tensor: typeof weight) => Float32Array.from(readTensor(tensor))
    return { dim, classes, weight: values(weight), bias: values(find(`${headPrefix(i)}bias`)) }
  })
}
