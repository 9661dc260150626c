import { join, parse } from 'node:path'
import { poolAnswers } from '../advice/pool-answers.js'
import { readPool } from '../advice/pool.js'
import { suggestImages } from '../advice/suggest-images.js'
import type { Bundle } from '../bundle/bundle.js'
import { columnsByIncrement } from '../bundle/columns.js'
import { labelsOf, type Label } from '../bundle/manifest.js'
import type { ModelOptions } from '../classifier/model-options.js'
import { openBackbone } from '../classifier/open-backbone.js'
import { checkCopyPlace, copyFiles } from '../core/copy-files.js'
import { NpluskError } from '../core/errors.js'
import { longestName, withinBytes } from '../core/short-name.js'
import { joinedRows, pickedRows, type FeatureRows } from '../features/feature-rows.js'
import { openExtractor } from '../features/extractor.js'
import { tableDims } from '../features/backbone.js'
import { firstRows, type FeatureTable } from '../features/table.js'
import { readImages } from '../folders/folder.js'
import { countByKind, type PassedOverKind } from '../folders/passed-over.js'
import { digestOf } from '../tables/known-pictures.js'

export interface SuggestOptions extends ModelOptions {
  /** A folder of images without labels; those in its subfolders count too. */
  readonly folder: string
  /** The largest number of images to suggest, at least 1. */
  readonly n: number
  /** A new or empty folder elsewhere that the suggested images are copied into, named by rank. @default none */
  readonly copyTo?: string
}

/** An image whose label would help. */
export interface SuggestedImage {
  readonly file: string
  /** What the classifier takes it for. */
  readonly answer: Label
  /** 1 less the difference of the two largest probabilities: 0 where the classifier is sure, 1 at a tie. */
  readonly unsureness: number
  /** The copy of it; absent without `copyTo`. */
  readonly copy?: string
}

export interface SuggestResult {
  /** The images to label, the most useful first. */
  readonly files: readonly string[]
  /** The same, with what the classifier says of them. */
  readonly images: readonly SuggestedImage[]
  /** `given` is `compared` + `known` + `unreadable` + `duplicate`; known ones the bundle was trained on. */
  readonly counts: {
    readonly given: number
    readonly compared: number
    readonly known: number
    readonly unreadable: number
    readonly duplicate: number
  }
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
  /** Files that are not images, by kind. */
  readonly passedOver: readonly PassedOverKind[]
}

/**
 * Finds the images without labels whose labels would help a classifier most: those that it is unsure of, that are
 * unlike what it was trained on and unlike each other.
 *
 * @throws NpluskError `NOT_FOUND`, `BAD_INPUT` for a folder without images; `CONFLICT` where `copyTo` holds something
 * or lies in the folder
 */
export async function suggest(options: SuggestOptions): Promise<SuggestResult> {
  const { folder, n, copyTo } = options
  if (!(Number.isInteger(n) && n >= 1)) throw new NpluskError('USAGE', `n must be a whole number from 1 on, not ${n}.`)
  if (copyTo !== undefined) await checkCopyPlace(copyTo, folder)
  const { files, passedOver } = await readImages(folder)
  const { backbone, bundle } = await openBackbone({ ...options, samples: { old: [], added: files } })
  await using extractor = await openExtractor(backbone, options)
  const pool = await readPool(extractor, files, { ...options, ...tableDims(backbone) })

  const trainedOn = ((await bundle?.increments()) ?? []).map(({ table }) => table)
  const answers = await poolAnswers(pool, (await bundle?.heads()) ?? [], mergedInto(bundle))
  const known = new Set(trainedOn.flatMap(({ features }) => digestsOf(features)))
  const fresh = digestsOf(pool.features).flatMap((digest, place) => (known.has(digest) ? [] : [place]))
  const chosen = await suggestImages(
    {
      features: pickedRows(pool.features, fresh),
      unsureness: fresh.map((place) => answers[place]!.unsureness),
      labelled: trainedOn.length === 0 ? undefined : joinedRows(trainedOn.map(plainViews)),
      signal: options.signal,
    },
    n,
  )
  const labels = labelsOf(bundle?.manifest ?? { base: backbone, increments: [] })
  const images = chosen.map((item) => {
    const { column, unsureness } = answers[fresh[item]!]!
    return { file: pool.files[fresh[item]!]!, answer: labels[column]!, unsureness }
  })
  const { unreadable, duplicates } = pool
  return {
    files: images.map(({ file }) => file),
    images: copyTo === undefined ? images : await copied(images, copyTo),
    counts: {
      given: files.length,
      compared: fresh.length,
      known: pool.files.length - fresh.length,
      unreadable: unreadable.length,
      duplicate: duplicates,
    },
    unreadable,
    passedOver: countByKind(passedOver),
  }
}

/** Copies images into a folder; their names begin with their rank, so that they lie there in its order. */
async function copied(images: readonly SuggestedImage[], folder: string): Promise<readonly SuggestedImage[]> {
  if (images.length === 0) return images
  const digits = `${images.length}`.length
  const nameOf = (file: string, i: number) => rankedName(`${i + 1}`.padStart(digits, '0'), file)
  await copyFiles(folder, new Map(images.map(({ file }, i) => [nameOf(file, i), file])))
  return images.map((image, i) => ({ ...image, copy: join(folder, nameOf(image.file, i)) }))
}

/** `01 photo.jpg`; a name that is too long with the rank loses the end of what comes before its extension. */
function rankedName(rank: string, file: string): string {
  const { name, ext } = parse(file)
  const room = longestName - Buffer.byteLength(`${rank} ${ext}`)
  return `${rank} ${withinBytes(name, room)}${ext}`
}

/** [rows] */
function digestsOf(features: FeatureRows): string[] {
  return Array.from({ length: features.count }, (_, row) => digestOf(features, row))
}

/** The plain views of the images that a bundle was trained on; of several copies of an image, one. */
function plainViews(table: FeatureTable): FeatureRows {
  return pickedRows(table.features, firstRows(table))
}

/** The base class of each column of a bundle's heads that is merged into one. */
function mergedInto(bundle: Bundle | undefined): (number | undefined)[] {
  return columnsByIncrement(bundle?.manifest.increments ?? [])
    .flat()
    .map((column) => column.mergedInto)
}
