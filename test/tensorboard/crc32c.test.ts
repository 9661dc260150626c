import { expect, test } from '@jest/globals'
import { crc32c, maskedCrc32c } from '../../src/tensorboard/crc32c.js'

// RFC 3720, appendix B.4, and the usual check value.
test.each([
  [new Uint8Array(32), 0x8a9136aa],
  [new Uint8Array(32).fill(0xff), 0x62a8ab43],
  [Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  [Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  [Buffer.from('123456789'), 0xe3069283],
  [new Uint8Array(0), 0],
])('CRC-32C of %j', (bytes, expected) => expect(crc32c(bytes)).toBe(expected))

test('the mask turns by 15 bits and adds a constant', () => {
  // TensorFlow, lib/hash/crc32c_test.cc: masking is no identity, and can be undone.
  const crc = crc32c(Buffer.from('foo'))
  const masked = maskedCrc32c(Buffer.from('foo'))
  expect(masked).not.toBe(crc)
  const turned = (masked - 0xa282ead8) >>> 0
  expect(((turned >>> 17) | (turned << 15)) >>> 0).toBe(crc)
})
