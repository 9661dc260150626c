import { stat } from 'node:fs/promises'
import { relative } from 'node:path'
import type { NpluskError } from '../core/errors.js'
import { PassedOverCount, type PassedOver } from '../folders/passed-over.js'
import { unreadable, type ListedPicture, type OnPassedOver } from './listed-picture.js'

/** Whether a path is that of a tar file, compressed or not, by its name. */
export function isTarName(path: string): boolean {
  return /\.(tar|tar\.gz|tgz)$/i.test(path)
}

/**
 * Yields the pictures that paths name: a file stands for itself, a folder for the pictures in it and below, a tar file
 * for those in it. The order is that of the paths, within a folder by name and within a tar file that of the file, so
 * that the same list gives the same pictures in the same order.
 *
 * A folder that cannot be read to its end gives one picture more, of the folder's own name, which says why. A folder or
 * tar file without pictures is passed over itself.
 *
 * @throws NpluskError `BAD_INPUT` where folders and tar files are all there is and none holds a picture
 */
export async function* listedPictures(
  paths: Iterable<string> | AsyncIterable<string>,
  onPassedOver: OnPassedOver = () => undefined,
): AsyncGenerator<ListedPicture, void, void> {
  let isEmpty = true
  let emptyFolder: NpluskError | undefined
  const passedOver = new PassedOverCount()
  const count = (files: readonly PassedOver[]) => {
    if (isEmpty) passedOver.add(files)
    onPassedOver(files)
  }
  const onEmpty = (error: NpluskError) => {
    emptyFolder ??= error
  }
  for await (const path of paths) {
    for await (const picture of picturesOf(path, count, onEmpty)) {
      isEmpty = false
      yield picture
    }
  }
  // A folder or tar file without pictures among others must not end a run of days.
  if (isEmpty && emptyFolder !== undefined) throw emptyFolder
  if (isEmpty && passedOver.kinds().length > 0) {
    const { noImagesInTars } = await import('./tar-pictures.js')
    throw noImagesInTars(passedOver.kinds())
  }
}

type OnEmpty = (error: NpluskError) => void

async function* picturesOf(path: string, onPassedOver: OnPassedOver, onEmpty: OnEmpty): AsyncGenerator<ListedPicture> {
  // A missing file is reported when it is read, like other unreadable pictures.
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
  if (isFolder) yield* picturesOfFolder(path, onPassedOver, onEmpty)
  else if (isTarName(path)) {
    const { picturesOfTar } = await import('./tar-pictures.js')
    yield* picturesOfTar(path, onPassedOver)
  } else yield { file: path, key: path }
}

async function* picturesOfFolder(
  folder: string,
  onPassedOver: OnPassedOver,
  onEmpty: OnEmpty,
): AsyncGenerator<ListedPicture> {
  // Imported late: most predictions are of a single file.
  const [{ picturesBelow }, { noImages }] = await Promise.all([
    import('../folders/pictures-below.js'),
    import('../folders/folder.js'),
  ])
  let isEmpty = true
  const passedOver = new PassedOverCount()
  const count = (files: readonly PassedOver[]) => {
    if (isEmpty) passedOver.add(files)
    onPassedOver(files)
  }
  try {
    for await (const file of picturesBelow(folder, count)) {
      isEmpty = false
      yield { file, key: relative(folder, file) }
    }
    if (!isEmpty) return
    onEmpty(noImages(folder, passedOver.kinds()))
    onPassedOver([{ file: folder, kind: 'folder without pictures' }])
  } catch (error) {
    yield unreadable(folder, error)
  }
}
