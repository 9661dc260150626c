import { expect, test } from '@jest/globals'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { flushChange, renameFlushed } from '../../src/core/flush.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()

test('what was flushed gets its final name', async () => {
  writeFileSync(join(folder(), 'new'), 'content')
  await renameFlushed(join(folder(), 'new'), join(folder(), 'final'))
  expect(readFileSync(join(folder(), 'final'), 'utf8')).toBe('content')
})

test('where a folder cannot be flushed after a change, the error says that the change took effect', async () => {
  await expect(flushChange(join(folder(), 'gone'), 'out/model.onnx')).rejects.toMatchObject({
    code: 'IO',
    message: expect.stringMatching(/^The change to out\/model.onnx took effect, but may not outlast a power failure/),
  })
})
