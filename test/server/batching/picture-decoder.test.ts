import { beforeAll, describe, expect, test } from '@jest/globals'
import { PictureDecoder } from '../../../src/server/batching/picture-decoder.js'
import { asIs, claimedPng, encoder, paint } from '../../image/pictures.js'

const { signal } = new AbortController()
const preprocess = asIs({ width: 4, height: 3 })
const picture = paint(4, 3, (x, y) => [10 * x, 20 * y, 30])
const ignore = hooks(() => undefined)
let png: Uint8Array

function hooks(onStart: () => void) {
  return { ahead: () => Promise.resolve(), onStart }
}

beforeAll(async () => {
  png = await encoder(picture).png().toBuffer()
})

describe('PictureDecoder', () => {
  test('decodes to the pixels of the model', async () => {
    expect(await new PictureDecoder(1e6).decode(png, preprocess, signal, ignore)).toEqual(picture.data)
  })

  test('what has too many pixels by its header is too large, and is not begun', async () => {
    let begun = 0
    const decode = (pixels: number) =>
      new PictureDecoder(pixels).decode(
        claimedPng(3000, 2000, 1),
        preprocess,
        signal,
        hooks(() => begun++),
      )
    await expect(decode(5e6)).rejects.toMatchObject({
      type: 'too-large',
      message: 'The picture is too large: it has more than 5 megapixels.',
    })
    expect(begun).toBe(0)
    // One row of 2000 is there.
    await expect(decode(6e6)).rejects.toMatchObject({ type: 'unreadable-image' })
    expect(begun).toBe(1)
  })

  test.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /^The picture cannot be used: the file is empty\.$/],
    ['text', Buffer.from('<script>'), /^The picture cannot be used: it is not a JPEG, .* picture but a text file\.$/],
    ['a kind that is not read', Buffer.from('8BPS'), /its format \(Photoshop\) is not read here\.$/],
  ])('%s is said to be unreadable, and why', async (_, bytes, detail) => {
    const decoding = new PictureDecoder(1e6).decode(bytes, preprocess, signal, ignore)
    await expect(decoding).rejects.toMatchObject({ type: 'unreadable-image', message: expect.stringMatching(detail) })
  })

  test('a picture that is cut off, likewise', async () => {
    const decoding = new PictureDecoder(1e6).decode(png.subarray(0, png.length - 30), preprocess, signal, ignore)
    await expect(decoding).rejects.toThrow(/^The picture cannot be used: it is damaged \(.+\)\.$/)
  })

  test('pictures that would take too much memory together are decoded one after the other', async () => {
    const decoder = new PictureDecoder(Infinity)
    const order: string[] = []
    const decode = async (name: string) => {
      // 144 megapixels each, of which the file has one row.
      const decoding = decoder.decode(
        claimedPng(12_000, 12_000, 1),
        preprocess,
        signal,
        hooks(() => order.push(`${name}+`)),
      )
      await decoding.catch(() => order.push(`${name}-`))
    }
    await Promise.all(['a', 'b', 'c'].map(decode))
    expect(order.map((event) => event.at(-1)).join('')).toBe('+-+-+-')
  })

  test('a small picture does not wait for a large one, nor for those that wait with it', async () => {
    const decoder = new PictureDecoder(Infinity)
    let letGo: () => void = () => undefined
    const held = new Promise<void>((resolve) => (letGo = resolve))
    const begun: string[] = []
    const large = ['first', 'second', 'third'].map((name) =>
      // 128 megapixels, a byte each.
      decoder.decode(claimedPng(16_000, 8000, 1), preprocess, signal, {
        ahead: () => held,
        onStart: () => begun.push(name),
      }),
    )
    const failures = Promise.allSettled(large)
    expect(await decoder.decode(png, preprocess, signal, ignore)).toEqual(picture.data)
    expect(begun).toEqual([])
    letGo()
    for (const { reason } of (await failures) as PromiseRejectedResult[]) {
      // What is wrong with a large one is not looked for: all others would wait for that.
      const message = 'The picture cannot be used: it is damaged.'
      expect(reason).toMatchObject({ type: 'unreadable-image', message })
    }
    expect(begun.sort()).toEqual(['first', 'second', 'third'])
  })

  test('of more large pictures than may wait, the last are refused, and others are not', async () => {
    const decoder = new PictureDecoder(Infinity)
    let letGo: () => void = () => undefined
    const held = new Promise<void>((resolve) => (letGo = resolve))
    const large = () =>
      decoder.decode(claimedPng(16_000, 8000, 1), preprocess, signal, { ahead: () => held, onStart: () => undefined })
    // Headers are read at once, so any of them may be the one that comes last.
    const all = Array.from({ length: 17 }, large)
    const typesOf = Promise.allSettled(all).then((ends) =>
      ends.map((one) => (one as PromiseRejectedResult).reason.type as string),
    )
    try {
      await expect(Promise.race(all)).rejects.toMatchObject({ type: 'overloaded', retryAfter: 10 })
      expect(await decoder.decode(png, preprocess, signal, ignore)).toEqual(picture.data)
    } finally {
      letGo()
    }
    expect((await typesOf).sort()).toEqual(['overloaded', ...Array<string>(16).fill('unreadable-image')])
    await expect(large()).rejects.toMatchObject({ type: 'unreadable-image' })
  })

  test('while such a picture is waited for, a client may go', async () => {
    const decoder = new PictureDecoder(Infinity)
    const gone = new AbortController()
    let begun = 0
    const large = (by: AbortSignal) =>
      decoder.decode(
        claimedPng(16_000, 16_000, 1),
        preprocess,
        by,
        hooks(() => begun++),
      )
    const first = large(signal)
    const second = large(gone.signal)
    gone.abort(new Error('gone'))
    await expect(second).rejects.toThrow('gone')
    await expect(first).rejects.toMatchObject({ type: 'unreadable-image' })
    expect(begun).toBe(1)
    expect(await decoder.decode(png, preprocess, signal, ignore)).toEqual(picture.data)
  })
})
