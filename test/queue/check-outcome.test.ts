import { describe, expect, test } from '@jest/globals'
import { checkAnswersOutcome, checkFeaturesOutcome } from '../../src/queue/check-outcome.js'

test('an answer tells of files of its job alone', () => {
  const outcome = { computed: 2, unreadable: [{ file: '/a.jpg', reason: 'no picture' }] }
  expect(checkFeaturesOutcome(outcome, ['/a.jpg', '/b.jpg'])).toEqual(outcome)
  expect(() => checkFeaturesOutcome(outcome, ['/b.jpg'])).toThrow(expect.objectContaining({ code: 'QUEUE' }))
})

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a text', '{}'],
  ['one without a count', { unreadable: [] }],
  ['a count below nothing', { computed: -1, unreadable: [] }],
  ['a list that is none', { computed: 1, unreadable: {} }],
  ['a list of null', { computed: 1, unreadable: [null] }],
  ['a reason that is none', { computed: 1, unreadable: [{ file: '/a.jpg', reason: 7 }] }],
])('%s is no answer', (_, value) => {
  expect(() => checkFeaturesOutcome(value, ['/a.jpg'])).toThrow(expect.objectContaining({ code: 'QUEUE' }))
})

describe('answers', () => {
  const image = (name: string) => ({ path: `/${name}`, hash: 'b'.repeat(64), name })
  const job = { images: [image('a.jpg'), image('b.jpg')], classes: 4, columns: 3 }
  const best = [
    [2, 0.5],
    [0, 0.25],
    [3, 0.25],
  ]
  const scored = { best, standout: 4.5 }
  const failure = { error: 'it is damaged' }
  const given = (columns: unknown) => [{ ...scored, best: columns }, failure]

  test('of a worker come out as they went in', () => {
    expect(checkAnswersOutcome([scored, failure], job)).toEqual([scored, failure])
    const all = { best: [...best, [1, 0]], standout: null }
    expect(checkAnswersOutcome([all, all], { ...job, columns: 10 })).toEqual([all, all])
  })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an answer too few', [scored]],
    ['an answer too many', [scored, scored, scored]],
    ['null for an image', [null, failure]],
    ['an error that is none', [{ error: 1 }, failure]],
    ['no columns', given(null)],
    ['a column too few', given(best.slice(1))],
    ['a column that is not there', given([[4, 0.5], ...best.slice(1)])],
    ['a column below nothing', given([[-1, 0.5], ...best.slice(1)])],
    ['half a column', given([[0.5, 0.5], ...best.slice(1)])],
    ['a column twice', given([best[0], best[1], best[1]])],
    ['columns in another order', given([...best].reverse())],
    ['a probability above 1', given([[2, 1.5], ...best.slice(1)])],
    ['a probability below 0', given([...best.slice(0, 2), [3, -0.1]])],
    ['a probability that is a text', given([[2, '0.5'], ...best.slice(1)])],
    ['a probability that is null', given([...best.slice(0, 2), [3, null]])],
    ['a pair of three', given([[2, 0.5, 1], ...best.slice(1)])],
    ['nothing said of what stands out', [{ best }, failure]],
    ['a text in its place', [{ best, standout: '4.5' }, failure]],
  ])('with %s are none', (_, value) => {
    expect(() => checkAnswersOutcome(value, job)).toThrow(expect.objectContaining({ code: 'QUEUE' }))
  })
})
