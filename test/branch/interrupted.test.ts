import { expect, test } from '@jest/globals'
import { interrupted } from '../../src/branch/interrupted.js'

const minutes = (count: number) => 60_000 * count

test('how to end training early is told where that is earlier', () => {
  const remedyOf = (took: number, whole: number) =>
    interrupted(undefined, { took: minutes(took), whole: minutes(whole) }).remedy
  expect(remedyOf(20, 60)).toEqual({ kind: 'end-training', minutes: 23 })
  expect(remedyOf(55, 60)).toBeUndefined()
  expect(remedyOf(0.5, 1)).toBeUndefined()
  expect(interrupted(undefined).remedy).toBeUndefined()
})
