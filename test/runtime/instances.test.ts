import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { planInstances, singleInstance } from '../../src/runtime/instance-plan.js'
import { openInstances, runsBeforeMore, startInstances, type StartedInstances } from '../../src/runtime/instances.js'
import { openSession } from '../../src/runtime/session.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { graph, matrix } from './square.js'

const folder = temporaryFolder()
const plan = { count: 2, threads: 1 }
let instances: StartedInstances
afterEach(() => instances.close())

const start = (wanted = plan) => (instances = startInstances(graph(), 'cpu', { plan: wanted }))
const runs = (count: number, size = 4) =>
  Array.from({ length: count }, (_, i) => instances.run({ x: matrix(size, i + 1) }, ['y', 's']))
/** Whether a promise has settled, as far as the event loop knows. */
const isSettled = (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))])

/** Enough work for others to be opened, and the wait for them. */
async function grown() {
  start()
  await Promise.all(runs(runsBeforeMore + 1))
  await instances.released
}

describe('startInstances', () => {
  test('under lasting work, runs go on side by side', async () => {
    await grown()
    expect(instances.instances).toBe(2)
    // In one session a short run waits for a long one before it. Threads may be starved; then another pair is tried.
    let isFirst = false
    while (!isFirst) {
      const long = instances.run({ x: matrix(1200, 1) }, ['s']).then(() => 'long')
      const short = instances.run({ x: matrix(1, 1) }, ['s']).then(() => 'short')
      isFirst = (await Promise.race([long, short])) === 'short'
      await Promise.all([long, short])
    }
  })

  test('answers have the same bits before, while and after others are opened', async () => {
    start()
    await using reference = await openSession(graph())
    const x = { dims: [40, 40], data: Float32Array.from({ length: 1600 }, (_, i) => Math.sin(i)) }
    const expected = (await reference.run({ x }, ['s']))['s']!.data
    for (let round = 0; round < 4; round++) {
      const answers = await Promise.all(Array.from({ length: runsBeforeMore }, () => instances.run({ x }, ['s'])))
      for (const { s } of answers) expect(s!.data).toEqual(expected)
      if (round === 2) await instances.released
    }
  })

  test('pictures one at a time open no others', async () => {
    start()
    for (let i = 0; i < 2 * runsBeforeMore; i++) await Promise.all(runs(1))
    expect(await isSettled(instances.released)).toBe(false)
    await instances.close()
    expect(await isSettled(instances.released)).toBe(true)
  })

  test('a single one is no longer in need of its model once it is open', async () => {
    start({ ...singleInstance, threads: 1 })
    await Promise.all(runs(2 * runsBeforeMore))
    await instances.released
    expect(instances.instances).toBe(1)
  })

  test('a run that fails does so alone', async () => {
    await grown()
    const wrong = { x: { dims: [2], data: Float32Array.of(1, 2) } }
    const settled = await Promise.allSettled([...runs(3), instances.run(wrong, ['y']), ...runs(3)])
    expect(settled.map(({ status }) => status)).toEqual([
      ...new Array<string>(3).fill('fulfilled'),
      'rejected',
      ...new Array<string>(3).fill('fulfilled'),
    ])
    expect(settled[3]).toMatchObject({ reason: { code: 'BAD_MODEL' } })
  })

  test('where others cannot be opened, the first goes on', async () => {
    const file = join(folder(), 'model.onnx')
    await writeFile(file, graph())
    instances = startInstances(file, 'cpu', { plan })
    await instances.opened
    await rm(file)
    await Promise.all(runs(runsBeforeMore + 1))
    await instances.released
    const [answer] = await Promise.all(runs(1))
    expect(answer!['y']!.data[0]).toBe(2)
  })

  test('a graph that the runtime refuses is an error of every run, and keeps no file', async () => {
    instances = startInstances(Uint8Array.of(1, 2, 3), 'cpu', { plan })
    await expect(Promise.all(runs(1))).rejects.toMatchObject({ code: 'BAD_MODEL' })
    await instances.released
    await expect(instances.opened).rejects.toMatchObject({ code: 'BAD_MODEL' })
  })

  test.each([0, runsBeforeMore + 1, 3 * runsBeforeMore])(
    'closing after %i runs, whatever is being opened, settles all of them',
    async (count) => {
      start()
      const settled = Promise.allSettled(runs(count, 50))
      if (count > 0) await Promise.race(runs(1))
      await instances.close()
      await instances.released
      for (const one of await settled) {
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'BAD_MODEL' })
      }
      await expect(Promise.all(runs(1))).rejects.toMatchObject({ code: 'BAD_MODEL' })
      await instances.close()
    },
  )

  test('bytes are copied where the caller goes on with them', async () => {
    const bytes = graph()
    await using session = await openInstances(bytes, 'cpu', plan)
    expect(bytes.length).toBeGreaterThan(0)
    expect(session.instances).toBe(2)
    start()
  })
})

describe('planInstances', () => {
  const [small, gigabyte] = [30 * 2 ** 20, 2 ** 30]

  test.each([
    [1, singleInstance],
    [2, { count: 2, threads: 1 }],
    [4, { count: 4, threads: 1 }],
    [6, { count: 3, threads: 2 }],
    [16, { count: 4, threads: 4 }],
  ])('%i cores', (cores, expected) => {
    expect(planInstances(small, cores, 64 * gigabyte)).toEqual(expected)
  })

  test('all of them take a quarter of the memory at the most', () => {
    expect(planInstances(small, 2, gigabyte)).toEqual(singleInstance)
    expect(planInstances(small, 2, 2 * gigabyte)).toEqual({ count: 2, threads: 1 })
    // VGG has 550 MB of weights.
    expect(planInstances(550 * 2 ** 20, 2, 8 * gigabyte)).toEqual(singleInstance)
    expect(planInstances(550 * 2 ** 20, 2, 16 * gigabyte)).toEqual({ count: 2, threads: 1 })
  })
})
