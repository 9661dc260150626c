import { expect, test } from '@jest/globals'
import type { Rebuilt } from '../../src/training/rebuild.js'
import { warnOfResult } from '../../src/training/warn-of-result.js'

test('classes that training left frozen do not make the others count as told apart', () => {
  const warnings: string[] = []
  const label = (i: number) => ({ label: `class ${i}`, images: 10 })
  const increments = [{ classes: Array.from({ length: 27 }, (_, i) => label(i)) }, { classes: [label(27), label(28)] }]
  // Half of the images of the two classes are right, as by guessing.
  const heldOut = { old: null, new: { count: 20, top1: 0.5 }, miss: 0, leak: null, perClass: [] }
  const rebuilt = {
    manifest: { base: { classes: [] }, increments, training: { heldOut } },
    fitted: { heldOut, newColumns: new Set([27, 28]), madeUpLeak: undefined },
  } as unknown as Rebuilt
  warnOfResult(rebuilt, {}, (code, message) => warnings.push(code, message))
  expect(warnings).toEqual(['NOT_TOLD_APART', expect.stringMatching(/guessing gives 50 %/)])
})
