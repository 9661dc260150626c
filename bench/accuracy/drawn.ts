import { pickRows, selectRows, type FeatureTable } from '../../src/features/table.js'
import { fewestProbed, fullClass, probedClasses, probedImages } from '../../src/tables/views/choose-views.js'
import { probeViews } from '../../src/tables/views/views-pay.js'
import type { IncrementFeatures } from '../../src/bundle/parts.js'
import { trainingIncrement } from './data.js'
import type { Lab } from './lab.js'
import { drawImages, rowsOfImages, shuffledImages } from './tables.js'

/** All images of a set with every view that an `--add` of some of them may take. */
export async function drawable(lab: Lab, name: string): Promise<IncrementFeatures> {
  const { increment, table } = await trainingIncrement(lab, name, 'separate', 2)
  // Of plain view, mirror image and variation, `--add` takes the first and the last.
  return {
    increment,
    table: pickRows(
      table,
      Array.from(table.label.keys()).filter((row) => viewOf(table, row) !== 1),
    ),
  }
}

/**
 * Some images of each class, drawn by the seed, with the views that `--add` would take of them; its probe draws by
 * content, this one by number.
 */
export async function draw(
  { rehearsal }: Lab,
  whole: IncrementFeatures,
  most: (label: number) => number,
  seed: number,
): Promise<IncrementFeatures> {
  const drawn = drawImages(whole, most, seed)
  const { increment, table } = drawn
  const isScarce = (label: number) => increment.classes[label]!.images <= fullClass
  const labels = [...increment.classes.keys()].filter(isScarce).slice(0, probedClasses)
  const images = shuffledImages(table, `views:${seed}`)
  const sample = labels.flatMap((label) => images.get(label)!.slice(0, probedImages))
  const sampled = rowsOfImages(table, sample)
  const added = { ...sampled, label: sampled.label.map((label) => labels.indexOf(label)) }
  const probe = sample.length < fewestProbed ? undefined : await probeViews(added, labels.length, rehearsal, { seed })
  const pays = probe === undefined || probe.with < probe.without
  const wanted = (row: number) => viewOf(table, row) === 0 || (pays && isScarce(table.label[row]!))
  return { increment, table: selectRows(table, wanted) }
}

/** The place of a row among those of its file. */
function viewOf({ file }: FeatureTable, row: number): number {
  let place = 0
  while (row > place && file[row - place - 1] === file[row]) place++
  return place
}
