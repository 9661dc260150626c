import { buildTable, selectRows, type FeatureTable } from '../../src/features/table.js'
import { createRandom } from '../../src/math/random.js'
import type { IncrementFeatures } from '../../src/bundle/parts.js'
import type { TestSet } from './data.js'

/** Some images of a test set as a table to train on; for the oracle alone. */
export function tableOfTestSet(set: TestSet, wanted: (row: number) => boolean): FeatureTable {
  const rows = Array.from(set.label.keys()).filter(wanted)
  const { dim, oldClasses, features, baseLogits, label } = set
  const entries = rows.map((row, image) => ({
    bottleneck: {
      features: features.subarray(row * dim, (row + 1) * dim),
      logits: baseLogits.subarray(row * oldClasses, (row + 1) * oldClasses),
    },
    label: label[row]!,
    image,
  }))
  return buildTable(entries, rows.length, dim)
}

/** Some images of a test set as a smaller one. */
export function selectTestRows(set: TestSet, wanted: (row: number) => boolean): TestSet {
  const rows = Array.from(set.label.keys()).filter(wanted)
  const picked = (values: Float32Array) => {
    const width = values.length / set.count
    const own = new Float32Array(rows.length * width)
    rows.forEach((row, i) => own.set(values.subarray(row * width, (row + 1) * width), i * width))
    return own
  }
  const [features, layers, baseLogits] = [picked(set.features), picked(set.layers), picked(set.baseLogits)]
  const label = Int32Array.from(rows, (row) => set.label[row]!)
  const files = rows.map((row) => set.files[row]!)
  return { ...set, files, count: rows.length, features, layers, baseLogits, label }
}

/** The images of a table by class, shuffled by the seed; -1 stands for every old class. */
export function shuffledImages({ label, image }: FeatureTable, seed: number | string): Map<number, number[]> {
  const imagesOf = new Map<number, Set<number>>()
  label.forEach((one, row) => {
    const images = imagesOf.get(one)
    if (images) images.add(image[row]!)
    else imagesOf.set(one, new Set([image[row]!]))
  })
  return new Map(
    [...imagesOf].map(([one, images]) => [one, createRandom(`images:${seed}:${one}`).shuffle([...images])]),
  )
}

/** The rows that show some images. */
export function rowsOfImages(table: FeatureTable, images: Iterable<number>): FeatureTable {
  const wanted = new Set(images)
  return selectRows(table, (row) => wanted.has(table.image[row]!))
}

/** An increment with at most `most(label)` images of each class, drawn by the seed, with all their views. */
export function drawImages(
  { increment, table }: IncrementFeatures,
  most: (label: number) => number,
  seed: number,
): IncrementFeatures {
  const drawn = [...shuffledImages(table, seed)].map(
    ([label, images]) => [label, images.slice(0, most(label))] as const,
  )
  const countOf = new Map(drawn.map(([label, images]) => [label, images.length]))
  const classes = increment.classes.map((one, label) => ({ ...one, images: countOf.get(label) ?? 0 }))
  const images = drawn.flatMap(([, some]) => some)
  return { increment: { ...increment, classes }, table: rowsOfImages(table, images) }
}
