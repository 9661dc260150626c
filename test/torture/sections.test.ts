import { describe, expect, test } from '@jest/globals'
import { loadSection } from '../../torture/sections.js'
import { attemptsOf } from '../../torture/shared/attempts.js'

describe('sections', () => {
  test('an unknown one is refused with the names of those that there are', async () => {
    await expect(loadSection('../kills')).rejects.toThrow(/no section \.\.\/kills; there are kills, faults, /)
  })
})

describe('attempts', () => {
  const { signal } = new AbortController()
  test('each has its own random numbers, the same for the same seed, whatever the count', () => {
    const numbers = (count: number, seed: number) =>
      [...attemptsOf({ count, seed, signal })].map(({ random }) => random.next())
    expect(numbers(2, 1)).toEqual(numbers(5, 1).slice(0, 2))
    expect(new Set([...numbers(5, 1), ...numbers(5, 2)]).size).toBe(10)
  })

  test('end when they are aborted', () => {
    const interruption = new AbortController()
    let tried = 0
    for (const { i } of attemptsOf({ count: 10, seed: 1, signal: interruption.signal })) {
      tried++
      if (i === 3) interruption.abort()
    }
    expect(tried).toBe(4)
  })
})
