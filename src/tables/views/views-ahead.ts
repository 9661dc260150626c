import { resolve } from 'node:path'
import type { ClassFolder } from '../../folders/folder.js'
import { augmentViews, variedView } from '../../image/augment.js'
import { plainView, type View } from '../../image/types.js'
import { fullClass, rehearsalViews } from './choose-views.js'

/** The views of an image; they depend on its path, and on its content by the hash. */
export type ViewsOfImage = (file: string, hash: string) => readonly View[]

/**
 * The views that an extension may need of its images, for computing them beforehand. Which of them `auto` takes shows
 * only once all features are there, so the varied view of every image of a class that is not full is among them. But
 * classes are counted by files here, and by images there: where only copies make a class look full, its views are
 * missing here, and the extension decodes its images once more.
 *
 * @param classes as the extension finds them; all other images are old ones
 */
export function viewsAhead(augment: number | 'auto', seed: number, classes: readonly ClassFolder[]): ViewsOfImage {
  if (augment !== 'auto') return (_, hash) => [plainView, ...augmentViews(augment, seed, hash)]
  const isScarce = new Map(
    classes.flatMap(({ files }) => files.map((file) => [resolve(file), files.length <= fullClass])),
  )
  return (file, hash) => {
    const scarce = isScarce.get(resolve(file))
    if (scarce === undefined) return [plainView, ...augmentViews(rehearsalViews, seed, hash)]
    return scarce ? [plainView, variedView(seed, hash)] : [plainView]
  }
}
