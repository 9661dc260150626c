import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { withLock } from '../../src/bundle/lock.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()
const holder = fileURLToPath(new URL('./hold-lock.js', import.meta.url))

const conflict = () => ({
  code: 'CONFLICT',
  message: `Another process is changing ${folder()}; nothing was written, run again later.`,
})

function start(...args: string[]) {
  return spawn(process.execPath, [holder, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

describe('withLock', () => {
  test('lets one in at a time, and gives back what the work gives', async () => {
    let inside = 0
    const work = async (i: number) => {
      inside++
      expect(inside).toBe(1)
      await setImmediate()
      inside--
      return i
    }
    expect(await Promise.all([1, 2, 3].map((i) => withLock(folder(), () => work(i))))).toEqual([1, 2, 3])
  })

  test('is let go after a failure', async () => {
    await expect(withLock(folder(), () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
    expect(await withLock(folder(), () => Promise.resolve('done'), 0)).toBe('done')
  })

  test('is the same by whatever path the folder is reached', async () => {
    const other = join(folder(), 'link')
    await symlink(folder(), other)
    await withLock(folder(), async () => {
      await expect(withLock(other, () => Promise.resolve(), 0)).rejects.toMatchObject({ code: 'CONFLICT' })
    })
  })

  test('a folder that is not there is told of', async () => {
    await expect(withLock(join(folder(), 'none'), () => Promise.resolve())).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('gives up on one that another process holds, and has it as soon as that one is killed', async () => {
    const child = start('hold', folder())
    await once(child.stdout, 'data')
    await expect(withLock(folder(), () => Promise.resolve(), 0)).rejects.toMatchObject(conflict())
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await withLock(folder(), () => Promise.resolve('done'), 0)).toBe('done')
  })

  test('lets one process in at a time, also where others were killed in it', async () => {
    const file = join(folder(), 'number')
    await writeFile(file, '0')
    const killed = start('hold', folder())
    await once(killed.stdout, 'data')
    const counting = Array.from({ length: 4 }, () => start('count', folder(), '25', file))
    const ends = Promise.all(counting.map((child) => once(child, 'exit')))
    killed.kill('SIGKILL')
    expect(await ends).toEqual(counting.map(() => [0, null]))
    expect(await readFile(file, 'utf8')).toBe('100')
    expect(await readdir(folder())).toEqual(['number'])
  })
})
