import type { ErrorKind } from './error-kind.js'
import { isBaseRight, type ImageRecord } from './evaluation-record.js'
import { shareOf } from './metrics.js'

/** The outcome for one image. */
export interface ImageOutcome {
  /** Whether it shows an added class; a merged class counts as old. */
  readonly isNew: boolean
  /** `null` where the answer is right. */
  readonly error: ErrorKind | null
  /** Whether the base model's own answer is right; irrelevant for a new class. */
  readonly isBaseRight: boolean
}

/** @param isNew as in `ImageOutcome` */
export function outcomeOf(record: ImageRecord, isNew: boolean): ImageOutcome {
  return { isNew, error: record.error, isBaseRight: isBaseRight(record) }
}

/** Figures of a classifier on old and new classes; shares are in 0..1. */
export interface OldAndNewFigures {
  /** `top1Base`: top-1 accuracy of the base model on the same images; `null` without old images. */
  readonly old: { readonly count: number; readonly top1: number; readonly top1Base: number } | null
  /** `null` without new images. */
  readonly new: { readonly count: number; readonly top1: number } | null
  /** Share of old images that a new class takes; `null` without old images. */
  readonly leak: number | null
  /** Share of new images that an old class keeps; `null` without new images. */
  readonly miss: number | null
}

export function oldAndNewFigures(outcomes: readonly ImageOutcome[]): OldAndNewFigures {
  const old = outcomes.filter(({ isNew }) => !isNew)
  const added = outcomes.filter(({ isNew }) => isNew)
  const top1 = (some: readonly ImageOutcome[]) => shareOf(some, ({ error }) => error === null)
  return {
    old:
      old.length === 0
        ? null
        : { count: old.length, top1: top1(old), top1Base: shareOf(old, ({ isBaseRight }) => isBaseRight) },
    new: added.length === 0 ? null : { count: added.length, top1: top1(added) },
    leak: old.length === 0 ? null : shareOf(old, ({ error }) => error === 'leak'),
    miss: added.length === 0 ? null : shareOf(added, ({ error }) => error === 'miss'),
  }
}
