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
  /** Whether it is merged into a class of the base model. */
  readonly isOld: boolean
  /** Places in feature files that hold its images. */
  readonly places: readonly string[]
  /** Increments that it came with, and the names of its folders. */
  readonly folders: readonly string[]
}

/**
 * Compares the classes of two states, paired as by `pairedClasses`. An increment is the same where it has the same
 * feature file or the same name.
 */
export function changesBetween(before: readonly Increment[], after: readonly Increment[]): Changes {
  const pairs = pairedClasses(before, after)
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

/**
 * Says what a class of the first state is called in the second one, by its label; `undefined` where it went. Classes of
 * the base model keep their labels.
 */
export function labelsAfter(
  before: readonly Increment[],
  after: readonly Increment[],
): (label: string) => string | undefined {
  const { both, gone } = pairedClasses(before, after)
  const names = new Map<string, string | undefined>([
    ...both.map(([a, b]) => [a.label, b.label] as const),
    ...gone.filter(({ isOld }) => !isOld).map(({ label }) => [label, undefined] as const),
  ])
  return (label) => (names.has(label) ? names.get(label) : label)
}

/**
 * Pairs the classes of two states. A class is the same where it has images in the same place of the same feature file,
 * else where one class alone of the other state has images from a folder of the same name in an increment of the same
 * name, else where the label is the same, else where one of several has such a folder. Folders come before labels, as
 * a class keeps its folder, and its old label may be another class's by now.
 */
function pairedClasses(before: readonly Increment[], after: readonly Increment[]) {
  const [old, now] = [classesOf(before), classesOf(after)]
  const haveFolder = (a: KnownClass, b: KnownClass) => haveCommon(a.folders, b.folders)
  return paired(old, now, [
    (a, b) => haveCommon(a.places, b.places),
    (a, b) =>
      haveFolder(a, b) &&
      old.filter((one) => haveFolder(one, b)).length === 1 &&
      now.filter((one) => haveFolder(a, one)).length === 1,
    (a, b) => a.label === b.label,
    haveFolder,
  ])
}

function classesOf(increments: readonly Increment[]): KnownClass[] {
  return columnsOf(increments).map(({ label, mergedInto, sources }) => {
    const entries = sources.map(({ increment, place }) => {
      const { name, features, classes } = increments[increment]!
      const { folder, images } = classes[place]!
      return { images, place: `${features} ${place}`, folder: `${name}/${folder}` }
    })
    return {
      label,
      isOld: mergedInto !== undefined,
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
