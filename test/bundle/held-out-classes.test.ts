import { expect, test } from '@jest/globals'
import { heldOutClasses } from '../../src/bundle/held-out-classes.js'
import type { HeldOutClassRecord, TrainingRecord } from '../../src/bundle/manifest.js'

const classOf = (label: string, threshold: number) => ({ label, threshold }) as HeldOutClassRecord
const recordOf = (now: readonly HeldOutClassRecord[], tuned?: readonly HeldOutClassRecord[]) =>
  ({
    heldOut: { perClass: now },
    ...(tuned && { fineTuning: { alone: { heldOut: { perClass: tuned } } } }),
  }) as unknown as TrainingRecord

test('figures of fine-tuned classes stay when others are added, and newer ones count before them', () => {
  const tuned = [classOf('ace', 0.4), classOf('king', 0.5)]
  expect(heldOutClasses(recordOf(tuned, tuned))).toEqual(tuned)
  expect(heldOutClasses(recordOf([classOf('rose', 0.3)], tuned))).toEqual([...tuned, classOf('rose', 0.3)])
  expect(heldOutClasses(recordOf([classOf('ace', 0.6)], tuned))).toEqual([classOf('king', 0.5), classOf('ace', 0.6)])
})

test('without fine-tuning, and without figures, there is nothing to add', () => {
  expect(heldOutClasses(recordOf([classOf('rose', 0.3)]))).toEqual([classOf('rose', 0.3)])
  expect(heldOutClasses({ heldOut: null } as unknown as TrainingRecord)).toEqual([])
})
