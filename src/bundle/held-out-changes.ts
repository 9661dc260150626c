import { labelsAfter } from './changes.js'
import type { HeldOutClassRecord, Manifest } from './manifest.js'

/** Held-out accuracy of a class in two states of a bundle. */
export interface ClassChange {
  /** As it is called afterwards. */
  readonly label: string
  readonly before: { readonly count: number; readonly top1: number }
  readonly after: { readonly count: number; readonly top1: number }
}

/** Compares the held-out figures of the added classes that both states have. */
export function heldOutChanges(
  before: Pick<Manifest, 'training' | 'increments'>,
  after: Pick<Manifest, 'training' | 'increments'>,
): ClassChange[] {
  const labelAfter = labelsAfter(before.increments, after.increments)
  const old = new Map(classesOf(before).map((one) => [labelAfter(one.label), figuresOf(one)]))
  return classesOf(after).flatMap((one) => {
    const found = old.get(one.label)
    return found ? [{ label: one.label, before: found, after: figuresOf(one) }] : []
  })
}

function classesOf({ training }: Pick<Manifest, 'training'>): readonly HeldOutClassRecord[] {
  return training.heldOut?.perClass ?? []
}

function figuresOf({ count, top1 }: HeldOutClassRecord): ClassChange['before'] {
  return { count, top1 }
}
