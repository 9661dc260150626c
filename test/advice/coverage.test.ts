import { describe, expect, test } from '@jest/globals'
import { mostTelling, type CoverageProblem } from '../../src/advice/coverage.js'
import { createRandom } from '../../src/math/random.js'

function randomProblem(count: number, seed: number): CoverageProblem {
  const random = createRandom(`coverage:${seed}`)
  const similarity = new Float32Array(count * count)
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++)
      similarity[i * count + j] = similarity[j * count + i] = i === j ? 1 : Math.max(0, random.next() * 1.5 - 0.5)
  }
  const numbers = () => Array.from({ length: count }, () => random.next())
  return { count, similarity, weight: numbers(), known: numbers().map((one) => one / 2) }
}

function valueOf({ count, similarity, weight, known }: CoverageProblem, chosen: readonly number[]): number {
  let value = 0
  for (let i = 0; i < count; i++)
    value += weight[i]! * Math.max(known[i]!, ...chosen.map((j) => similarity[j * count + i]!))
  return value
}

/** All sets of so many items. */
function subsets(count: number, size: number, from = 0): number[][] {
  if (size === 0) return [[]]
  return Array.from({ length: count - from }, (_, i) => from + i).flatMap((first) =>
    subsets(count, size - 1, first + 1).map((rest) => [first, ...rest]),
  )
}

describe('the most telling items', () => {
  test.each([1, 2, 3])('are those of a greedy search, and near the best of all sets (%i)', (seed) => {
    const problem = randomProblem(14, seed)
    const chosen = mostTelling(problem, 4)
    const greedy: number[] = []
    for (let step = 0; step < 4; step++) {
      const items = [...Array(14).keys()].filter((item) => !greedy.includes(item))
      greedy.push(items.reduce((a, b) => (valueOf(problem, [...greedy, b]) > valueOf(problem, [...greedy, a]) ? b : a)))
    }
    expect(chosen).toEqual(greedy)
    const start = valueOf(problem, [])
    const best = Math.max(...subsets(14, 4).map((set) => valueOf(problem, set)))
    expect(valueOf(problem, chosen) - start).toBeGreaterThan((1 - 1 / Math.E) * (best - start))
  })

  test('come from several groups, heavy ones first, and not from what is known', () => {
    // Three groups of two alike: the first is known, the last weighs most.
    const count = 6
    const similarity = Float32Array.from({ length: 36 }, (_, at) =>
      at % 7 === 0 ? 1 : Math.floor(at / 6 / 2) === Math.floor((at % 6) / 2) ? 0.9 : 0,
    )
    const weight = [1, 1, 0.2, 0.2, 0.5, 0.5]
    const chosen = mostTelling({ count, similarity, weight, known: [1, 1, 0, 0, 0, 0] }, 2)
    expect(chosen).toEqual([4, 2])
  })

  test('are all items, each once, where more are asked for', () => {
    const chosen = mostTelling(randomProblem(9, 4), 20)
    expect([...chosen].sort((a, b) => a - b)).toEqual([...Array(9).keys()])
    expect(mostTelling({ count: 0, similarity: new Float32Array(0), weight: [], known: [] }, 3)).toEqual([])
  })
})
