import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { hashFile } from '../../src/core/hash-file.js'

describe('hashFile', () => {
  let folder = ''

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nplusk-hash-'))
  })

  afterAll(async () => {
    await rm(folder, { recursive: true })
  })

  // Examples from FIPS 180-2, appendix B, and the empty message.
  test.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
  ])('SHA-256 of %.10s', async (content, expected) => {
    const file = join(folder, `${content.length}.jpg`)
    await writeFile(file, content)
    expect(await hashFile(file)).toBe(expected)
  })

  test('a missing file throws what the file system throws', async () => {
    await expect(hashFile(join(folder, 'missing'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
