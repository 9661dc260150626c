import { describe, expect, test } from '@jest/globals'
import type { Scores } from '../../../src/server/models/served-models.js'
import { Problem } from '../../../src/server/problems.js'
import { scorePictures } from '../../../src/server/v2/score-pictures.js'

const never = new AbortController().signal

/** Pictures of one byte, their own number. */
const pictures = (count: number) => Array.from({ length: count }, (_, i) => Uint8Array.of(i))

function scoresOf(picture: Uint8Array): Scores {
  return { logits: Float32Array.from(picture), probabilities: new Float32Array(1), features: new Float32Array(0) }
}

/** Answers nobody before it is told to, and gives up a picture whose signal fires. */
function heldLease() {
  const waiting = new Map<number, { readonly answer: () => void; readonly fail: (error: Error) => void }>()
  /** Why pictures that were begun have no answer. */
  const ends = new Map<number, unknown>()
  const hold = (picture: Uint8Array, signal: AbortSignal) =>
    new Promise<Scores>((resolve, reject) => {
      const fail = (error: unknown) => {
        waiting.delete(picture[0]!)
        reject(error as Error)
      }
      if (signal.aborted) return fail(signal.reason)
      signal.addEventListener('abort', () => fail(signal.reason))
      const answer = () => {
        waiting.delete(picture[0]!)
        resolve(scoresOf(picture))
      }
      waiting.set(picture[0]!, { answer, fail })
    })
  const score = async (picture: Uint8Array, { signal }: { readonly signal: AbortSignal }) => {
    try {
      return await hold(picture, signal)
    } catch (error) {
      ends.set(picture[0]!, error)
      throw error
    }
  }
  return { waiting, ends, lease: { score, scorePixels: score } }
}

/** Lets all promises that can go on do so. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('the pictures of a request', () => {
  test('are scored in their order, so many at a time', async () => {
    const { lease, waiting } = heldLease()
    const scores = scorePictures(lease, { kind: 'encoded', pictures: pictures(5) }, { places: 2, signal: never })
    const most: number[] = []
    while (most.length < 5) {
      await settled()
      most.push(waiting.size)
      // The last that came is answered first.
      ;[...waiting.values()].at(-1)!.answer()
    }
    expect((await scores).map(({ logits }) => logits[0])).toEqual([0, 1, 2, 3, 4])
    expect(Math.max(...most)).toBe(2)
  })

  test('end with the first that fails, once all have given up their places', async () => {
    const { lease, waiting, ends } = heldLease()
    const scores = scorePictures(lease, { kind: 'pixels', pictures: pictures(5) }, { places: 4, signal: never })
    await settled()
    expect([...waiting.keys()]).toEqual([0, 1, 2, 3])
    waiting.get(2)!.fail(new Problem('unreadable-image', 'It is none.'))
    await expect(scores).rejects.toMatchObject({ type: 'unreadable-image', message: 'Element 2 of image: It is none.' })
    expect(waiting.size).toBe(0)
    // The others are not said to be unreadable, and the fifth is not begun any more.
    const types = [...ends].map(([picture, end]) => [picture, (end as Problem).type])
    const others = { 0: 'bad-request', 1: 'bad-request', 3: 'bad-request' }
    expect(Object.fromEntries(types)).toEqual({ ...others, 2: 'unreadable-image' })
  })

  test('end when the request does', async () => {
    const { lease, waiting } = heldLease()
    const request = new AbortController()
    const scores = scorePictures(
      lease,
      { kind: 'encoded', pictures: pictures(3) },
      { places: 2, signal: request.signal },
    )
    await settled()
    request.abort(new Problem('deadline-exceeded', 'Time is over.'))
    await expect(scores).rejects.toMatchObject({ type: 'deadline-exceeded' })
    expect(waiting.size).toBe(0)
  })
})
