import { readdir } from 'node:fs/promises'
import { assetPath } from '../core/assets.js'
import { throwIfAborted } from '../core/errors.js'
import { decodeViews } from '../image/decode.js'
import { plainView, type Preprocess } from '../image/types.js'
import { classByPath } from '../catalog/class-of-file.js'
import type { ClassInfo } from '../catalog/imagenet.js'
import type { TrialImage } from './try-conventions.js'

/** Photographs on which conventions for a classifier's input can be tried. */
export interface Samples {
  /** Paths of photographs of its own classes. */
  readonly old: readonly string[]
  /**
   * Paths of photographs of other classes. The classifier may well look surer of them under a wrong convention, so they
   * are used only where nothing else decides.
   */
  readonly added: readonly string[]
}

export const noSamples: Samples = { old: [], added: [] }

/** Most images to try conventions on; usually a quarter of them decides. */
const maxImages = 96

/** With fewer photographs of old classes, the drawings in the package are used too. */
export const minPhotographs = 8

/** Photographs of old classes, labelled where their paths give the class, and drawings where there are too few. */
export async function oldImages(
  preprocess: Preprocess,
  { old }: Samples,
  classes: readonly ClassInfo[],
  signal?: AbortSignal,
): Promise<{ images: TrialImage[]; photographs: number }> {
  const classOf = classByPath(classes)
  const images = await readable(evenly(old, maxImages), preprocess, classOf, signal)
  const photographs = images.length
  if (photographs >= minPhotographs) return { images, photographs }
  const folder = assetPath('drawings')
  const drawings = (await readdir(folder)).sort().map((name) => `${folder}/${name}`)
  return { images: [...images, ...(await readable(drawings, preprocess, () => -1, signal))], photographs }
}

/** Photographs of the classes that are about to be added. */
export function addedImages(preprocess: Preprocess, { added }: Samples, signal?: AbortSignal): Promise<TrialImage[]> {
  return readable(evenly(added, 24), preprocess, () => -1, signal)
}

async function readable(
  files: readonly string[],
  preprocess: Preprocess,
  classOf: (file: string) => number,
  signal: AbortSignal | undefined,
): Promise<TrialImage[]> {
  const load = async (file: string): Promise<TrialImage> => {
    const [pixels] = await decodeViews(file, preprocess, [plainView], { signal })
    return { pixels: pixels!, label: classOf(file) }
  }
  const results = await Promise.allSettled(files.map(load))
  throwIfAborted(signal)
  // Unreadable files are reported by whatever reads all images.
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

/** At most `count` evenly spaced items, the first one included. */
export function evenly<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items]
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!)
}
