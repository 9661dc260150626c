import { expect, test } from '@jest/globals'
import { sentenceOf } from '../../src/cli/remedies.js'
import { warnOfUseless } from '../../src/training/useless.js'

const old = { top1Before: 0.8, top1After: 0.8, count: 100 }
const good = { old, new: { top1: 0.9, count: 40 }, miss: 0.05, leak: 0.01 }

function warnings(
  heldOut: Partial<typeof good> | { old: null },
  plan: Parameters<typeof warnOfUseless>[1] = { added: 4, maxOldDrop: 0.01 },
) {
  const found: [string, string][] = []
  warnOfUseless({ ...good, ...heldOut }, plan, (code, message, remedy) =>
    found.push([code, sentenceOf({ message, remedy })]),
  )
  return found
}

test('a result that is of use is not warned of', () => expect(warnings({})).toEqual([]))

test('a guard that so few old images cannot resolve is named, with what helps', () => {
  const [[code, message] = []] = warnings({ old: { ...old, count: 40 }, new: { top1: 0, count: 40 }, miss: 1 })
  expect(code).toBe('MOSTLY_MISSED')
  expect(message).toBe(
    'Old classes keep 100 % of the new images, so the new ones are of little use: of 40 old images, --max-old-drop 0.01 allows none to be lost, so that the one most like the new classes holds them all back; give --max-old-drop 0.05 or at least 100 old images with --rehearsal DIR.',
  )
})

test('where figures are of a part of the old images, five times as many help', () => {
  const missed = { old: { ...old, count: 8 }, new: { top1: 0, count: 40 }, miss: 1 }
  const [[, message] = []] = warnings(missed, { added: 4, maxOldDrop: 0.01, heldOutOfOld: 1 / 5 })
  expect(message).toMatch(/or at least 500 old images with --rehearsal DIR\.$/)
})

test('a guard that allows some, or none at all, leads to other advice', () => {
  const missed = { new: { top1: 0.2, count: 40 }, miss: 0.8 }
  expect(warnings(missed)[0]![1]).toMatch(/\(1 of 100 old images\); allow more, such as --max-old-drop 0\.05/)
  const free = warnings({ ...missed, old: null }, { added: 4, maxOldDrop: undefined })
  expect(free[0]![1]).toMatch(/a larger --prior, or another --model/)
})

test('new classes that are hardly told apart', () => {
  expect(warnings({ new: { top1: 0.3, count: 40 } })).toEqual([
    ['NOT_TOLD_APART', expect.stringMatching(/30 % of their images get the right answer, and guessing gives 25 %/)],
  ])
  expect(warnings({ new: { top1: 0.9, count: 40 } }, { added: 1, maxOldDrop: 0.01 })).toEqual([])
})

test('of two classes, seven of ten right is no guessing', () => {
  const two = { added: 2, maxOldDrop: 0.01 }
  expect(warnings({ miss: 0, new: { top1: 0.7, count: 40 } }, two)).toEqual([])
  expect(warnings({ miss: 0, new: { top1: 0.55, count: 40 } }, two)).toHaveLength(1)
})

test('a base that is wrong on its own classes', () => {
  const [[code, message] = []] = warnings({ old: { ...old, top1Before: 0.04 } })
  expect(code).toBe('BASE_WRONG')
  expect(message).toMatch(/right on only 4 % of the 100 old images: its preprocessing may be wrong/)
})
