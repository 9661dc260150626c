import type { Increment } from '../../bundle/manifest.js'
import { baseIncrement } from '../../bundle/manifest.js'
import type { AddedColumn } from '../../bundle/columns.js'
import { addedClassesNamed } from '../../classes/added-classes.js'
import type { NewClass } from '../../classes/labels.js'
import type { ClassInfo } from '../../catalog/imagenet.js'
import { findOverlap } from '../../catalog/overlap.js'
import type { FeatureTable } from '../../features/table.js'
import { byColumn, countsOf } from '../grouping.js'
import type { OverlappingClass } from '../findings.js'

/** Share of a class's images that one existing class must get to be said to be the same. */
const minShare = 0.5
/** With fewer old classes, most images go to a single one anyway. */
const minOldClasses = 100

interface Existing {
  readonly base: readonly ClassInfo[]
  readonly earlier: readonly Increment[]
  readonly columns: readonly AddedColumn[]
}

/**
 * Finds classes that exist already: by name, and by what the classifier makes of their images, which is one class for
 * half of them or more.
 *
 * @param table the plain views; labels are columns
 * @param firsts [images] the first copy of each in its class: copies count once
 * @param probabilities row-major [images × columns], held out, among the added classes alone
 */
export function overlappingClasses(
  classes: readonly NewClass[],
  table: FeatureTable,
  firsts: readonly number[],
  probabilities: Float32Array,
  existing: Existing,
): OverlappingClass[] {
  const { base, earlier, columns } = existing
  const k = columns.length
  const columnOf = new Map(columns.map(({ label }, column) => [label, column]))
  const different = [...table.label.keys()].filter((i) => firsts[i] === i)
  const imagesOf = byColumn(different, k, (image) => table.label[image]!)
  return classes
    .flatMap(({ folder, label, grows }): OverlappingClass[] => {
      const column = columnOf.get(label)!
      const images = imagesOf[column]!
      const oldAnswers = countsOf(images.map((image) => table.oldClass[image]!))
      const addedAnswers = countsOf(images.map((image) => bestOf(probabilities, image, k)))
      const share = (answers: ReadonlyMap<number, number>, one: number) =>
        images.length === 0 ? null : (answers.get(one) ?? 0) / images.length
      const named = findOverlap(folder, base)
      const oldOnes = [...base.keys()].flatMap((old): OverlappingClass[] => {
        const score = share(oldAnswers, old)
        const isAlike = !grows && base.length >= minOldClasses && (score ?? 0) >= minShare
        if (old !== named && !isAlike) return []
        return [{ label: folder, existing: base[old]!.label, increment: baseIncrement, byName: old === named, score }]
      })
      const sameName = new Set(
        addedClassesNamed(folder, earlier, columnsBefore(columns, earlier)).map((one) => one.label),
      )
      const addedOnes = columns.flatMap((one, other): OverlappingClass[] => {
        if (one.increment >= earlier.length) return []
        const score = other === column ? null : share(addedAnswers, other)
        const byName = sameName.has(one.label) || (grows && other === column)
        if (!byName && (score ?? 0) < minShare) return []
        return [{ label: folder, existing: one.label, increment: earlier[one.increment]!.name, byName, score }]
      })
      return [...oldOnes, ...addedOnes]
    })
    .sort((a, b) => (b.score ?? 1) - (a.score ?? 1))
}

function columnsBefore(columns: readonly AddedColumn[], earlier: readonly Increment[]): AddedColumn[] {
  return columns
    .filter(({ increment }) => increment < earlier.length)
    .map((one) => ({ ...one, sources: one.sources.filter(({ increment }) => increment < earlier.length) }))
}

function bestOf(probabilities: Float32Array, image: number, k: number): number {
  const own = probabilities.subarray(image * k, (image + 1) * k)
  return own.indexOf(Math.max(...own))
}
