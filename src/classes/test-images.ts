import { basename, resolve } from 'node:path'
import type { OpenClassifier } from '../classifier/open-classifier.js'
import { NpluskError } from '../core/errors.js'
import type { TestImage } from '../evaluation/record-images.js'
import type { ClassFolder } from '../folders/folder.js'
import { normaliseLabel } from '../folders/label.js'
import { columnOfFolder, unknownFolders } from './find-class.js'

/** The images in folders that name a class, and the folders that name none. */
export interface TestImages {
  readonly images: readonly TestImage[]
  readonly skipped: readonly { readonly folder: string; readonly images: number }[]
}

/**
 * Finds the class of every folder, before any image is read.
 *
 * @param options.folder the parent folder, for errors
 * @throws NpluskError `BAD_INPUT` when a folder may mean several classes, when none names a class, or, without
 * `skipUnknown`, when any names none
 */
export function findTestImages(
  folders: readonly ClassFolder[],
  { baseClasses, added, labels }: Pick<OpenClassifier, 'baseClasses' | 'added' | 'labels'>,
  { folder, skipUnknown = false }: { readonly folder: string; readonly skipUnknown?: boolean },
): TestImages {
  const columns = folders.map(({ label }) => columnOfFolder(label, { base: baseClasses, added }, labels))
  const unknown = folders.filter((_, i) => columns[i] === undefined)
  const [own, ...others] = folders
  if (others.length === 0 && unknown.length === 1 && own!.label === normaliseLabel(basename(resolve(folder)))) {
    throw new NpluskError(
      'BAD_INPUT',
      `The pictures in "${folder}" lie in no class folders, and "${own!.label}" is no class of this model; put them into a folder for each class, named by its label.`,
    )
  }
  if (unknown.length > 0 && !skipUnknown) {
    const names = unknown.map(({ label }) => label)
    throw unknownFolders(names, labels)
  }
  if (unknown.length === folders.length) {
    throw new NpluskError(
      'BAD_INPUT',
      `No folder in "${folder}" names a class of this model; there is nothing to evaluate.`,
    )
  }
  return {
    images: folders.flatMap(({ files }, i) => {
      const column = columns[i]
      return column === undefined ? [] : files.map((file) => ({ file, column }))
    }),
    skipped: unknown.map(({ label, files }) => ({ folder: label, images: files.length })),
  }
}
