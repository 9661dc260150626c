import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { withLock } from '../../src/bundle/lock.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()

describe('withLock', () => {
  test('lets one in at a time, and gives back what the work gives', async () => {
    let inside = 0
    const work = async (i: number) => {
      inside++
      expect(inside).toBe(1)
      await setTimeout(10)
      inside--
      return i
    }
    expect(await Promise.all([1, 2, 3].map((i) => withLock(folder(), () => work(i))))).toEqual([1, 2, 3])
    expect(await readdir(folder())).toEqual([])
  })

  test('is let go after a failure', async () => {
    await expect(withLock(folder(), () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
    expect(await readdir(folder())).toEqual([])
  })

  test('takes over from a process that was killed', async () => {
    const lock = join(folder(), '.lock')
    await writeFile(lock, '')
    const aMinuteAgo = new Date(Date.now() - 60_000)
    await utimes(lock, aMinuteAgo, aMinuteAgo)
    expect(await withLock(folder(), () => Promise.resolve('done'))).toBe('done')
  })

  test('gives up on one that is held, and leaves it', async () => {
    await writeFile(join(folder(), '.lock'), '')
    await expect(withLock(folder(), () => Promise.resolve())).rejects.toMatchObject({
      code: 'CONFLICT',
      message: `Another process is changing ${folder()}; nothing was written, run again later.`,
    })
    expect(await readdir(folder())).toEqual(['.lock'])
  })
})
