import { columnsOf } from './columns.js'
import type { Increment } from './manifest.js'

/** A class and the number of its images. */
export interface ClassImages {
  readonly label: string
  readonly images: number
}

/** What one state of a bundle has and another has not. */
export interface Changes {
  /** Labels of classes that came, in the order of their columns. */
  readonly added: readonly ClassImages[]
  readonly removed: readonly ClassImages[]
  /** Classes with other numbers of images, by their label afterwards. */
  readonly grown: readonly (ClassImages & { readonly before: number })[]
  readonly shrunk: readonly (ClassImages & { readonly before: number })[]
  readonly renamed: readonly Renaming[]
  readonly increments: {
    readonly added: readonly string[]
    readonly removed: readonly string[]
    readonly renamed: readonly Renaming[]
  }
}

export interface Renaming {
  readonly from: string
  readonly to: string
}

/** A class, and what tells that it is the same one under another label. */
interface KnownClass extends ClassImages {
  /** Places in feature files that hold its images. */
  readonly places: readonly string[]
  /** Increments that it came with, and the names of its folders. */
  readonly folders: readonly string[]
}

/**
 * Compares the classes of two states. A class is the same where it has images in the same place of the same feature
 * file, else where its label is the same, else where increment and folder are; an increment where it has the same
 * feature file or the same name.
 */
export function changesBetween(before: readonly Increment[], after: readonly Increment[]): Changes {
  const old = classesOf(before)
  const pairs = paired(old, classesOf(after), [
    (a, b) => haveCommon(a.places, b.places),
    (a, b) => a.label === b.label,
    (a, b) => haveCommon(a.folders, b.folders),
  ])
  const increments = paired(before, after, [(a, b) => a.features === b.features, (a, b) => a.name === b.name])
  const sizes = pairs.both.map(([a, b]) => ({ label: b.label, before: a.images, images: b.images }))
  return {
    added: pairs.fresh.map(imagesOf),
    removed: pairs.gone.map(imagesOf),
    grown: sizes.filter((one) => one.images > one.before),
    shrunk: sizes.filter((one) => one.images < one.before),
    renamed: renamings(pairs.both.map(([a, b]) => ({ from: a.label, to: b.label }))),
    increments: {
      added: increments.fresh.map(({ name }) => name),
      removed: increments.gone.map(({ name }) => name),
      renamed: renamings(increments.both.map(([a, b]) => ({ from: a.name, to: b.name }))),
    },
  }
}

function classesOf(increments: readonly Increment[]): KnownClass[] {
  return columnsOf(increments).map(({ label, sources }) => {
    const entries = sources.map(({ increment, place }) => {
      const { name, features, classes } = increments[increment]!
      const { folder, images } = classes[place]!
      return { images, place: `${features} ${place}`, folder: `${name}/${folder}` }
    })
    return {
      label,
      images: entries.reduce((sum, { images }) => sum + images, 0),
      places: entries.map(({ place }) => place),
      folders: entries.map(({ folder }) => folder),
    }
  })
}

/** Pairs what is the same by the first rule, then of the rest what is by the second, and so on. */
function paired<Item>(
  before: readonly Item[],
  after: readonly Item[],
  rules: readonly ((a: Item, b: Item) => boolean)[],
): { readonly both: [Item, Item][]; readonly gone: Item[]; readonly fresh: Item[] } {
  const twinOf = new Map<Item, Item>()
  const gone = new Set(before)
  for (const isSame of rules) {
    for (const item of after) {
      const twin = twinOf.has(item) ? undefined : [...gone].find((one) => isSame(one, item))
      if (twin === undefined) continue
      twinOf.set(item, twin)
      gone.delete(twin)
    }
  }
  return {
    both: after.flatMap((item): [Item, Item][] => (twinOf.has(item) ? [[twinOf.get(item)!, item]] : [])),
    gone: [...gone],
    fresh: after.filter((item) => !twinOf.has(item)),
  }
}

function imagesOf({ label, images }: ClassImages): ClassImages {
  return { label, images }
}

function renamings(pairs: readonly Renaming[]): Renaming[] {
  return pairs.filter(({ from, to }) => from !== to)
}

function haveCommon(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) => others.includes(one))
}
