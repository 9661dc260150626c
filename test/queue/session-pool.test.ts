import { describe, expect, test } from '@jest/globals'
import { SessionPool } from '../../src/queue/session-pool.js'
import { openSession, type Session } from '../../src/runtime/session.js'
import { tinyBackbone } from '../features/tiny-backbone.js'

/** A pool of real sessions, and what it opened and closed. */
function watchedPool(most: number, onClose: (graph: string) => void = () => undefined) {
  const log: string[] = []
  const pool = new SessionPool(async (graph) => {
    if (graph === 'gone') throw new Error('it is not there')
    const session = await openSession(tinyBackbone())
    log.push(`open ${graph}`)
    const close = (): Promise<void> => {
      log.push(`close ${graph}`)
      onClose(graph)
      return session.close()
    }
    return { provider: session.provider, run: (...what) => session.run(...what), close, [Symbol.asyncDispose]: close }
  }, most)
  return { pool, log }
}

const nothing = (_session: Session) => Promise.resolve()

describe('SessionPool', () => {
  test('keeps those used last open, and closes the one used longest ago', async () => {
    const { pool, log } = watchedPool(2)
    for (const graph of ['a', 'b', 'a', 'c', 'a', 'b']) await pool.use(graph, nothing)
    expect(log).toEqual(['open a', 'open b', 'open c', 'close b', 'open b', 'close c'])
    await pool.close()
    expect(log.slice(6)).toEqual(['close a', 'close b'])
  })

  test('closes none that is in use, and opens one for all who ask at once', async () => {
    const { pool, log } = watchedPool(1)
    let end = (): void => undefined
    const ended = new Promise<void>((resolve) => (end = resolve))
    const long = [pool.use('a', () => ended), pool.use('a', () => ended)]
    await pool.use('b', nothing)
    await pool.use('c', nothing)
    expect(log).toEqual(['open a', 'open b', 'close b', 'open c', 'close c'])
    end()
    await Promise.all(long)
    await pool.close()
    expect(log.at(-1)).toBe('close a')
  })

  test('closes none that is taken again while another one is being closed', async () => {
    let end = (): void => undefined
    const ended = new Promise<void>((resolve) => (end = resolve))
    let again: Promise<void> | undefined
    const { pool, log } = watchedPool(2, (graph) => {
      if (graph === 'a') again = pool.use('b', () => ended)
    })
    for (const graph of ['a', 'b']) await pool.use(graph, nothing)
    const long = pool.use('d', () => ended)
    await pool.use('c', nothing)
    expect(log).toEqual(['open a', 'open b', 'open d', 'open c', 'close a', 'close c'])
    end()
    await Promise.all([long, again])
    await pool.close()
    expect(log.slice(6).sort()).toEqual(['close b', 'close d'])
  })

  test('tries again to open what could not be had, and passes on what goes wrong', async () => {
    const { pool, log } = watchedPool(1)
    for (let i = 0; i < 2; i++) await expect(pool.use('gone', nothing)).rejects.toThrow('it is not there')
    await expect(pool.use('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await pool.close()
    expect(log).toEqual(['open a', 'close a'])
  })

  test('gives nobody a session that failed to run, and closes it once nobody uses it', async () => {
    const { pool, log } = watchedPool(2)
    let end = (): void => undefined
    const ended = new Promise<void>((resolve) => (end = resolve))
    const long = pool.use('a', () => ended)
    await expect(pool.use('a', (session) => session.run({}, ['none']))).rejects.toMatchObject({ code: 'BAD_MODEL' })
    await pool.use('a', nothing)
    expect(log).toEqual(['open a', 'open a'])
    end()
    await long
    expect(log.slice(2)).toEqual(['close a'])
    await pool.close()
    expect(log.slice(3)).toEqual(['close a'])
  })
})
