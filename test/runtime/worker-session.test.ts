import { execFile } from 'node:child_process'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { NpluskError } from '../../src/core/errors.js'
import { openWorkerSession, prepareWorkerSession, startWorkerSession } from '../../src/runtime/worker-session.js'
import { graph, matrix } from './square.js'

describe('openWorkerSession', () => {
  test('runs what is asked for in order, and leaves inputs as they were', async () => {
    const session = await openWorkerSession(graph())
    try {
      const finished: number[] = []
      const inputs = [1, 2, 3].map((value) => matrix(4, value))
      const runs = inputs.map(async (x, i) => {
        const { y, s } = await session.run({ x }, ['y', 's'])
        finished.push(i)
        return [y!.dims, [...y!.data][0], [...s!.data][0]]
      })
      expect(await Promise.all(runs)).toEqual([1, 2, 3].map((value) => [[4, 4], 2 * value, 16 * value * value]))
      expect(finished).toEqual([0, 1, 2])
      expect([...inputs[2]!.data]).toEqual(new Array(16).fill(3))
    } finally {
      await session.close()
    }
  })

  test('inputs that may be transferred are empty afterwards', async () => {
    await using session = await openWorkerSession(graph())
    const x = matrix(2, 5)
    const run = session.run({ x }, ['y'], true)
    expect(x.data).toHaveLength(0)
    expect([...(await run)['y']!.data]).toEqual([10, 10, 10, 10])
  })

  test('leaves the thread of the caller free', async () => {
    const session = await openWorkerSession(graph())
    // A run in this thread would end within two turns of the event loop, however long it took. A run in another thread
    // allows many turns, unless this thread is starved meanwhile; then another run is tried.
    let turns = 0
    while (turns < 10) {
      let isRunning = true
      const run = session.run({ x: matrix(600, 1) }, ['s']).finally(() => (isRunning = false))
      for (turns = 0; isRunning; turns++) await setImmediate()
      await run
    }
    await session.close()
  })

  test('tells what the runtime refuses, with its code, and goes on', async () => {
    await expect(openWorkerSession(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({
      name: 'NpluskError',
      code: 'BAD_MODEL',
      message: expect.stringMatching(/^ONNX Runtime cannot load the model: /),
    })
    const session = await openWorkerSession(graph())
    const wrong = { x: { dims: [2], data: Float32Array.of(1, 2) } }
    await expect(session.run(wrong, ['y'])).rejects.toMatchObject({ code: 'BAD_MODEL' })
    expect([...(await session.run({ x: matrix(1, 5) }, ['y']))['y']!.data]).toEqual([10])
    await session.close()
  })

  test('closing in the middle of a run waits for that one, drops the others, and may be repeated', async () => {
    const session = await openWorkerSession(graph())
    const runs = [0, 1, 2, 3].map(() => session.run({ x: matrix(100, 1) }, ['s']))
    const settled = Promise.allSettled(runs)
    await runs[0]
    // The second run is now in progress, or complete with its result not yet received.
    const closed = session.close()
    await session.close()
    await closed
    const [first, , ...others] = await settled
    expect(first).toMatchObject({ status: 'fulfilled' })
    for (const other of others) expect(other).toMatchObject({ status: 'rejected', reason: { code: 'BAD_MODEL' } })
    await expect(session.run({ x: matrix(1, 1) }, ['y'])).rejects.toMatchObject({ code: 'BAD_MODEL' })
  })

  test('a session that nobody closes does not keep its process alive', async () => {
    const module = new URL('../../src/runtime/worker-session.js', import.meta.url).href
    const bytes = Buffer.from(graph()).toString('base64')
    const script = `
      const { openWorkerSession } = await import('${module}')
      const session = await openWorkerSession(new Uint8Array(Buffer.from('${bytes}', 'base64')))
      const { y } = await session.run({ x: { dims: [1, 1], data: Float32Array.of(4) } }, ['y'])
      console.log(y.data[0])`
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    expect(await run).toEqual({ stdout: '8\n', stderr: '' })
  })
})

describe('startWorkerSession', () => {
  test('takes runs while the graph is being opened, and empties the bytes it was given', async () => {
    const bytes = new Uint8Array(graph())
    const session = startWorkerSession(bytes, 'cpu')
    const { y } = await session.run({ x: matrix(1, 5) }, ['y'])
    expect([...y!.data]).toEqual([10])
    expect(bytes).toHaveLength(0)
    await session.opened
    await session.close()
  })

  test('tells of a graph that the runtime refuses when it is run, in the words of the caller', async () => {
    const session = startWorkerSession(Uint8Array.of(1, 2, 3), 'cpu', {
      explain: ({ message }) => new NpluskError('BAD_BUNDLE', `It is damaged: ${message}`),
    })
    const refusal = { code: 'BAD_BUNDLE', message: expect.stringMatching(/^It is damaged: ONNX Runtime cannot load/) }
    // Run once before the refusal arrives, and once after.
    await expect(session.run({ x: matrix(1, 5) }, ['y'])).rejects.toMatchObject(refusal)
    await expect(session.run({ x: matrix(1, 5) }, ['y'])).rejects.toMatchObject(refusal)
    await expect(session.opened).rejects.toMatchObject(refusal)
    await session.close()
  })
})

describe('prepareWorkerSession', () => {
  test('starts the thread that the next session takes', async () => {
    const discard = prepareWorkerSession()
    const session = await openWorkerSession(graph())
    await discard()
    expect([...(await session.run({ x: matrix(1, 5) }, ['y']))['y']!.data]).toEqual([10])
    await session.close()
  })

  test('ends a thread that no session has taken, and the process ends well', async () => {
    const module = new URL('../../src/runtime/worker-session.js', import.meta.url).href
    const script = `
      const { prepareWorkerSession } = await import('${module}')
      await prepareWorkerSession()()`
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    expect(await run).toEqual({ stdout: '', stderr: '' })
  })
})
