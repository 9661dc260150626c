import { messageOf, throwIfAborted } from '../../core/errors.js'
import type { CallOptions } from '../../core/progress.js'
import type { tableDims } from '../../features/backbone.js'
import { extract, type Extractor, type HashedImage } from '../../features/extract.js'
import { viewsOfFile } from '../../features/image-views.js'
import { buildTable, pickRows, type FeatureTable, type Row } from '../../features/table.js'
import { withoutContradictions } from '../../folders/contradictions.js'
import { withEqualFiles, type Unreadable } from './unreadable.js'

/** A file, and the column of the class that it is said to show; -1 where none is named. */
export interface LabelledFile {
  readonly file: string
  readonly column: number
  /** The base class that the column is merged into. */
  readonly mergedInto?: number | undefined
  readonly isTest?: boolean
}

/** Pictures by content: one of several equal files of a class. */
export interface PictureTable {
  /** The pictures that can be used: as in an extension, none whose content lies in several classes. */
  readonly images: readonly LabelledFile[]
  /** The plain view of each, in the same order; `label` is the column, `image` and `file` the place among `images`. */
  readonly table: FeatureTable
  /** The same of the pictures that lie in several classes. */
  readonly contradicting: readonly LabelledFile[]
  readonly contradictingTable: FeatureTable | undefined
  /** The same of the test images. */
  readonly testImages: readonly LabelledFile[]
  readonly testTable: FeatureTable | undefined
  /** Groups of files with equal content, those of the test images last. */
  readonly twins: readonly (readonly LabelledFile[])[]
  /** Files that cannot be read or decoded, each once. */
  readonly unreadable: readonly Unreadable[]
}

/** Extracts the features of the plain view of every picture. */
export async function readPictures(
  extractor: Extractor,
  files: readonly LabelledFile[],
  { dim, furtherDim, seed, ...call }: CallOptions & ReturnType<typeof tableDims> & { readonly seed: number },
): Promise<PictureTable> {
  const unreadable: Unreadable[] = []
  const filesOf = new Map<string, LabelledFile[]>()
  const distinct = new Map<string, LabelledFile & HashedImage>()
  for (const one of files) {
    throwIfAborted(call.signal)
    try {
      const hashed = await viewsOfFile(one.file, { augment: 0, seed })
      const equal = filesOf.get(hashed.hash)
      if (equal) equal.push(one)
      else filesOf.set(hashed.hash, [one])
      const identity = `${one.isTest ? 'test' : one.column}:${hashed.hash}`
      if (!distinct.has(identity)) distinct.set(identity, { ...one, ...hashed })
    } catch (error) {
      throwIfAborted(call.signal)
      unreadable.push({ file: one.file, reason: messageOf(error) })
    }
  }
  const all = [...distinct.values()]
  const { keys, unreadable: undecodable } = await extract(extractor, all, 'extract', quiet(call))
  const hashOf = new Map(all.map(({ file, hash }) => [file, hash]))
  const equalTo = (file: string) => filesOf.get(hashOf.get(file)!)!.map((one) => one.file)
  const usable = all.flatMap((one, i) =>
    keys[i] === undefined ? [] : [{ ...one, label: one.column, key: keys[i][0]! }],
  )

  function* rows(): Generator<Row> {
    for (const [image, { column, mergedInto, key }] of usable.entries())
      yield { bottleneck: extractor.store.read(key), label: column, image, mergedInto, file: image }
  }
  const further = furtherDim > 0 ? extractor.store.writer(furtherDim) : undefined
  const table = buildTable(rows(), usable.length, dim, extractor.store.writer(dim), further)
  const part = (wanted: (one: (typeof usable)[number]) => boolean) => {
    const places = [...usable.keys()].filter((i) => wanted(usable[i]!))
    const numbers = Int32Array.from(places.keys())
    return {
      images: places.map((i): LabelledFile => {
        const { file, column, isTest } = usable[i]!
        return isTest ? { file, column, isTest } : { file, column }
      }),
      table: { ...pickRows(table, places), image: numbers, file: numbers },
    }
  }
  const clear = new Set(withoutContradictions(usable.filter(({ isTest }) => !isTest)).kept)
  const contradicting = part((one) => !one.isTest && !clear.has(one))
  const test = part(({ isTest }) => isTest ?? false)
  return {
    ...part((one) => clear.has(one)),
    contradicting: contradicting.images,
    contradictingTable: contradicting.images.length === 0 ? undefined : contradicting.table,
    testImages: test.images,
    testTable: test.images.length === 0 ? undefined : test.table,
    twins: [...filesOf.values()].filter((one) => one.length > 1),
    unreadable: [...withEqualFiles(unreadable, (file) => [file]), ...withEqualFiles(undecodable, equalTo)],
  }
}

/** Unreadable files are a finding here: a list of them, and no warnings. */
function quiet({ signal, onProgress }: CallOptions): CallOptions {
  return { signal, onProgress: (event) => (event.type === 'warning' ? undefined : onProgress?.(event)) }
}
