import type { FeatureTable } from '../../../src/features/table.js'
import { rowWeights } from '../../../src/head/row-weights.js'
import { mergedOf } from '../merged.js'
import { classifierOf } from '../answers.js'
import { rowsOfImages, shuffledImages } from '../tables.js'
import { trainingSetOf, trainJointly } from './joint-training.js'
import type { Method } from './method.js'
import { fitScaleShift, scaled } from './scale-shift.js'

/** Share of the images that the bias correction is fitted on, as published. */
const heldOutShare = 0.1

/**
 * Bias correction: a head trained on nine tenths of the new and the old images, then one scale and one shift of the new
 * logits fitted on the last tenth, balanced (Wu et al., Large scale incremental learning, CVPR 2019). Balanced here
 * means that new and old images count the same in all, and every new class the same. A class of one image has it in
 * both parts.
 */
export const bic: Method = {
  name: 'BiC',
  about: 'joint head on nine tenths, then scale and shift of the new logits on the balanced last tenth',
  async train({ increments, rehearsal, seed }) {
    const parts = increments.map(({ table }) => split(table, seed))
    const old = split({ ...rehearsal, label: new Int32Array(rehearsal.count).fill(-1) }, seed)
    const withTables = (tables: readonly FeatureTable[]) =>
      increments.map(({ increment }, i) => ({ increment, table: tables[i]! }))
    const head = await trainJointly(trainingSetOf(withTables(parts.map(({ most }) => most)), old.most), seed)
    const held = trainingSetOf(withTables(parts.map(({ rest }) => rest)), old.rest)
    const correction = await fitScaleShift(held, await head.score(held.groups[0]!.features), rowWeights(held))
    return classifierOf(scaled(head, correction), mergedOf(increments))
  },
}

function split(table: FeatureTable, seed: number): { most: FeatureTable; rest: FeatureTable } {
  const most: number[] = []
  const rest: number[] = []
  for (const images of shuffledImages(table, `bic:${seed}`).values()) {
    const held = Math.max(1, Math.round(heldOutShare * images.length))
    rest.push(...images.slice(0, held))
    most.push(...(images.length === 1 ? images : images.slice(held)))
  }
  return { most: rowsOfImages(table, most), rest: rowsOfImages(table, rest) }
}
