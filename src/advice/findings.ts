import type { TwoSampleTest } from './two-sample.js'

export interface AdvisedClass {
  /** The folder's name. */
  readonly label: string
  /** Number of different images that can be used. */
  readonly images: number
  /** Number of files, including duplicates and unreadable ones. */
  readonly files: number
  /** The class added earlier that these images make grow; `null` for a new class. */
  readonly grows: string | null
  /** Share of its held-out images that are answered rightly, 0..1; `null` where heads learned from fewer than three. */
  readonly top1: number | null
}

/** Numbers of classes that could be judged. */
export interface JudgedClasses {
  /** By what tells them from the others: eight pictures or more, beside eight others. */
  readonly giveaways: number
  /** By heads that learned three different pictures or more, beside another class. */
  readonly labels: number
  /** By what is usual in the class: five different pictures or more. */
  readonly outliers: number
}

export interface Duplicates {
  readonly files: readonly string[]
  /** The labels of their classes, without repetition; several are a contradiction. */
  readonly labels: readonly string[]
  /** How many of `labels`, the last ones, are those of test images alone. @default 0 */
  readonly testLabels?: number
  /** `exact`: equal files; `near`: re-encoded, reduced or slightly cropped. */
  readonly kind: 'exact' | 'near'
  /** How many of `files`, the last ones, are test images. */
  readonly test: number
}

/** An image and how probably it is in the wrong folder. */
export interface RankedLabel {
  readonly file: string
  /** Its own class. */
  readonly label: string
  /** The class that it fits best, by classifiers that did not see it; another one than `label`. */
  readonly suggested: string
  /** 0 where heads learned from fewer than three different pictures of the class: nothing can be said then. */
  readonly score: number
  /** Whether confident learning takes it for mislabelled, or its own class has a probability below 1/20. */
  readonly likely: boolean
}

/** An image and how unlike its class it is. */
export interface RankedOutlier {
  readonly file: string
  readonly label: string
  readonly score: number
  /** Whether it lies two standard deviations above the median of its class. */
  readonly likely: boolean
}

export interface SimilarClasses {
  readonly labels: readonly [string, string]
  /** Share of the held-out images of the two that are taken for the other one, 0..1. */
  readonly score: number
  /** How many images of the first are taken for the second, and of the second for the first. */
  readonly taken: readonly [number, number]
  /** Up to a dozen of these images, the surest first. */
  readonly files: readonly string[]
}

export interface OverlappingClass {
  readonly label: string
  /** Label of the class that exists. */
  readonly existing: string
  /** `base`, or the name of the increment that the existing class came with. */
  readonly increment: string
  /** Whether the existing class has this name too. */
  readonly byName: boolean
  /** Share of the images that the model answers with the existing class already, 0..1; `null` where not measured. */
  readonly score: number | null
}

export type GiveawayAttribute =
  'brightness' | 'contrast' | 'colourfulness' | 'pixels' | 'aspect' | 'jpeg-quality' | 'format' | 'camera' | 'grey'

/** An attribute of the files that tells one class from the others. */
export interface Giveaway {
  readonly label: string
  readonly attribute: GiveawayAttribute
  /** How well the attribute alone tells the class from the rest: 0 not at all, 1 perfectly. */
  readonly score: number
  /** Typical value in the class and in the others: a median; or a name, and the commonest other one. */
  readonly value: number | string
  readonly others: number | string
  /** Share of the images of the class, and of the others, that have a `value` that is a name, 0..1. */
  readonly shares?: readonly [number, number]
}

/** How the test images differ from those of the folder, by a classifier that tries to tell them apart. */
export interface TestComparison extends Pick<TwoSampleTest, 'images' | 'auroc' | 'pValue' | 'differs' | 'couldTell'> {
  /** The same by class, the one that differs most surely first; empty where the test images are of no known class. */
  readonly perClass: readonly { readonly label: string; readonly images: number; readonly auroc: number }[]
  /** The test images, the least like those of the folder first; `score` in 0..1. */
  readonly telling: readonly { readonly file: string; readonly score: number }[]
}

/** Few or many images a class, like or unlike those that the base model learned from. */
export type TransferCase = 'few-like' | 'many-like' | 'few-unlike' | 'many-unlike'
