import { describe, expect, test } from '@jest/globals'
import { createRandom } from '../../src/math/random.js'

function draw<T>(count: number, next: () => T): T[] {
  return Array.from({ length: count }, next)
}

describe('createRandom', () => {
  test('one seed, one stream; the number 7 and the text "7" are the same seed', () => {
    const first = createRandom(7)
    const second = createRandom('7')
    expect(draw(100, first.next)).toEqual(draw(100, second.next))
  })

  test('the stream is pinned: kept features are named by views drawn from it', () => {
    expect(draw(4, createRandom('pinned').next)).toEqual([
      0.4691351724322885, 0.7577840727753937, 0.6861969337332994, 0.26273796311579645,
    ])
  })

  test('neighbouring seeds give unrelated streams', () => {
    const firsts = draw(1000, () => 0).map((_, seed) => createRandom(seed).next())
    expect(new Set(firsts).size).toBe(1000)
    const mean = firsts.reduce((sum, value) => sum + value, 0) / firsts.length
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / 1000))
  })

  test('integer(n) is uniform over 0..n-1', () => {
    const { integer } = createRandom('dice')
    const counts = new Array<number>(6).fill(0)
    for (let roll = 0; roll < 60_000; roll++) counts[integer(6)]!++
    // Standard deviation of a count: sqrt(60000 * 1/6 * 5/6) = 91.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(4 * 91)
  })

  test.each([0, -1, 1.5, NaN])('integer(%p) is refused', (n) => {
    expect(() => createRandom(1).integer(n)).toThrow(RangeError)
  })

  test('normal() has mean 0, variance 1 and the tails of a normal distribution', () => {
    const values = draw(50_000, createRandom('bell').normal)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    const beyondTwo = values.filter((value) => Math.abs(value) > 2).length / values.length
    expect(mean).toBeCloseTo(0, 1)
    expect(variance).toBeCloseTo(1, 1)
    expect(beyondTwo).toBeCloseTo(0.0455, 2)
  })

  test('shuffle() permutes in place, every order equally often', () => {
    const random = createRandom('cards')
    const counts = new Map<string, number>()
    for (let deal = 0; deal < 6000; deal++) {
      const cards = ['a', 'b', 'c']
      expect(random.shuffle(cards)).toBe(cards)
      counts.set(cards.join(''), (counts.get(cards.join('')) ?? 0) + 1)
    }
    expect([...counts.keys()].sort()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba'])
    // Standard deviation of a count: sqrt(6000 * 1/6 * 5/6) = 29.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * 29)
  })
})
