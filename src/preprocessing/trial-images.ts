import { readdir } from 'node:fs/promises'
import { assetPath } from '../core/assets.js'
import { loadImage } from '../image/decode.js'
import type { Preprocess } from '../image/types.js'
import { classByPath } from '../catalog/class-of-file.js'
import type { ClassInfo } from '../catalog/imagenet.js'
import type { TrialImage } from './try-conventions.js'

/** Photographs to find out a classifier's preprocessing with. */
export interface Samples {
  /** Of the classes it knows. */
  readonly old: readonly string[]
  /** Of others: they may well look surer under a wrong preprocessing, and are asked only where all else is silent. */
  readonly added: readonly string[]
}

export const noSamples: Samples = { old: [], added: [] }

/** Most images that the conventions are tried on; a quarter of them mostly tells. */
const mostImages = 96

/** With fewer old photographs the drawings that come with the package are asked about too. */
export const fewestPhotographs = 8

/** Old photographs, with their classes where their names tell, and drawings where there are too few. */
export async function oldImages(
  preprocess: Preprocess,
  { old }: Samples,
  classes: readonly ClassInfo[],
): Promise<{ images: TrialImage[]; photographs: number }> {
  const classOf = classByPath(classes)
  const images = await readable(evenly(old, mostImages), preprocess, classOf)
  const photographs = images.length
  if (photographs >= fewestPhotographs) return { images, photographs }
  const folder = assetPath('drawings')
  const drawings = (await readdir(folder)).sort().map((name) => `${folder}/${name}`)
  return { images: [...images, ...(await readable(drawings, preprocess, () => -1))], photographs }
}

/** Photographs of classes that are about to be added. */
export function addedImages(preprocess: Preprocess, { added }: Samples): Promise<TrialImage[]> {
  return readable(evenly(added, 24), preprocess, () => -1)
}

async function readable(
  files: readonly string[],
  preprocess: Preprocess,
  classOf: (file: string) => number,
): Promise<TrialImage[]> {
  const results = await Promise.allSettled(
    files.map(async (file) => ({ pixels: await loadImage(file, preprocess), label: classOf(file) })),
  )
  // Whoever reads all images reports those that cannot be read.
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

/** At most `count` items at even distances. */
export function evenly<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items]
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!)
}
