import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { ExtendResult } from '../../src/workflow/extend.js'
import { openWorkplace, temporaryFilesIn, withoutDecoder, type Workplace } from './workplace.js'

let place: Workplace

beforeAll(() => {
  place = openWorkplace()
  place.flowers('flowers', { poppy: 4, snowdrop: 4 })
})

afterAll(() => place.remove())

test('images that were seen before are not decoded again, nor run through the model', async () => {
  const nodeArgs = withoutDecoder(place)
  const blind = await place.run(['--add', 'flowers', '--out', 'blind', '--quiet'], { nodeArgs })
  expect(blind).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining('nothing may be decoded') })

  const first = await place.json<ExtendResult>(['--add', 'flowers', '--out', 'first'])
  const second = await place.json<ExtendResult>(['--add', 'flowers', '--out', 'second'], { nodeArgs })
  expect(second).toEqual({ ...first, bundle: place.path('second'), seconds: second.seconds })
})

describe('two processes at once', () => {
  test('fill one cache for two bundles', async () => {
    place.flowers('others', { orchid: 4, bluebell: 4 })
    const [one, other] = await Promise.all([
      place.json<ExtendResult>(['--add', 'others', '--out', 'one']),
      place.json<ExtendResult>(['--add', 'others', '--out', 'other']),
    ])
    expect(one.classes.total).toBe(1002)
    expect(other).toEqual({ ...one, bundle: place.path('other'), seconds: other.seconds })
  })

  test.each([
    ['change one bundle', 'first', 2],
    ['make one bundle', 'new', 0],
  ])('%s: one of them does, or both one after the other', async (_, bundle, before) => {
    const model = before > 0 ? bundle : 'inception-v3'
    const outcomes = await Promise.all(
      ['a', 'b'].map((name) =>
        place.run(['--add', 'others', '--model', model, '--out', bundle, '--name', name, '--quiet', '--json']),
      ),
    )
    const winners = outcomes.filter(({ code }) => code === 0)
    expect(winners.length).toBeGreaterThan(0)
    for (const { code, stderr } of outcomes) {
      expect({ code, stderr }).toEqual(
        code === 0
          ? { code: 0, stderr: '' }
          : {
              code: 1,
              stderr: expect.stringMatching(
                /^extend: (Another process changed .*; nothing was written, run the command again|.* holds another bundle; .*)\.\n$/,
              ),
            },
      )
    }
    const { labels } = await place.json<{ labels: unknown[] }>(['classes', '--model', bundle])
    expect(labels).toHaveLength(1000 + before + 2 * winners.length)
    expect(temporaryFilesIn(place.folder)).toEqual([])
    const { code } = await place.run(['predict', 'flowers', '--model', bundle, '--quiet'])
    expect(code).toBe(0)
  })
})
