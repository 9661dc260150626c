import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { contentName } from '../../src/bundle/layout.js'

describe('contentName', () => {
  test('puts the hash of the content into the name, in the place of an earlier one', () => {
    const content = Uint8Array.of(1, 2, 3)
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 16)
    expect(contentName('features.safetensors', [content])).toBe(`features-${hash}.safetensors`)
    expect(contentName(`features-${'0'.repeat(16)}.safetensors`, [content.subarray(0, 2), content.subarray(2)])).toBe(
      `features-${hash}.safetensors`,
    )
  })
})
