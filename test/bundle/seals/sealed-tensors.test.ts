import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { parseHeader, tensorChunks } from '../../../src/bundle/safetensors.js'
import { decodeTensors, encodeTensors } from '../../../src/bundle/seals/sealed-tensors.js'

const tensors = {
  scale: { dims: [2], data: Float32Array.of(0.5, 2) },
  bytes: { dims: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) },
}
const whole = encodeTensors(tensors, { base: 'ab' })
const damaged = expect.objectContaining({
  code: 'BAD_BUNDLE',
  message: 'a.safetensors is damaged; restore it from a copy, or build the bundle again.',
}) as unknown as Error

describe('a sealed file', () => {
  test('ends with a tensor that is the hash of all before it', () => {
    const { entries } = parseHeader(whole.subarray(0, 8), (end) => whole.subarray(8, end))
    expect(Object.keys(entries)).toEqual(['scale', 'bytes', 'sha256'])
    expect(entries['sha256']).toEqual({ dtype: 'U8', shape: [32], data_offsets: [14, 46] })
    expect([...whole.subarray(-32)]).toEqual([...createHash('sha256').update(whole.subarray(0, -32)).digest()])
    expect(decodeTensors(whole, 'a.safetensors')).toEqual({ tensors, metadata: { base: 'ab' }, isSealed: true })
  })

  test('with any one bit changed is refused, or has lost nothing but the name of its seal', () => {
    for (let bit = 0; bit < 8 * whole.length; bit++) {
      const flipped = Uint8Array.from(whole)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      let read
      try {
        read = decodeTensors(flipped, 'a.safetensors')
      } catch (error) {
        expect(error).toEqual(damaged)
        continue
      }
      expect(read.isSealed).toBe(false)
      expect(read).toMatchObject({ tensors, metadata: { base: 'ab' } })
    }
  })

  test('must end where its seal does', () => {
    expect(() => decodeTensors(Buffer.concat([whole, Buffer.alloc(1)]), 'a.safetensors')).toThrow(damaged)
  })

  test('is not asked for: earlier versions wrote none', () => {
    const plain = Buffer.concat([...tensorChunks(tensors)])
    expect(decodeTensors(plain, 'a.safetensors')).toEqual({ tensors, metadata: {}, isSealed: false })
  })
})
