import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { Redis } from 'ioredis'
import { queueName } from '../../src/queue/jobs.js'
import type { ExtendResult } from '../../src/workflow/extend.js'
import type { FeaturesResult } from '../../src/workflow/extract-features.js'
import type { MergeResult } from '../../src/workflow/merge-features.js'
import type { WorkerJob } from '../../src/workflow/run-worker.js'
import { countEntries } from '../features/entries.js'
import { hasRedis, orSkipped, startRedis, type RedisServer } from '../support/redis-server.js'
import { fixtures, linkModels, openWorkplace, withoutDecoder, type Running, type Workplace } from './workplace.js'

let place: Workplace

beforeAll(() => {
  place = openWorkplace()
})

afterAll(() => place.remove())

/** Another cache, as of another machine. */
function cacheOf(name: string): string {
  linkModels(place.path(name))
  return place.path(name)
}

/** How many views the cache knows. */
const entriesIn = (cacheDir: string) => countEntries(join(cacheDir, 'bottlenecks'))

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await setTimeout(20)
}

test('parts from two machines are merged on a third, which then decodes nothing', async () => {
  place.flowers('some', { poppy: 4, snowdrop: 4 })
  const [one, two] = await Promise.all(
    ['1/2', '2/2'].map((shard, i) =>
      place.json<FeaturesResult>([
        'features',
        'some',
        '--shard',
        shard,
        '--out',
        `${i}.part`,
        '--augment',
        '2',
        '--cache-dir',
        cacheOf(`machine-${i}`),
      ]),
    ),
  )
  expect(one!.part).toBe(place.path('0.part'))
  expect(one!.images + two!.images).toBe(8)
  expect(Math.min(one!.images, two!.images)).toBeGreaterThan(0)
  expect(one!.computed + two!.computed).toBe(24)

  const merged = await place.json<MergeResult>(['features', '--merge', '0.part', '1.part'])
  expect(merged).toEqual({ parts: 2, views: 24, added: 24 })
  const nodeArgs = withoutDecoder(place)
  const all = await place.json<FeaturesResult>(['features', 'some', '--augment', '2'], { nodeArgs })
  expect(all).toMatchObject({ images: 8, views: 24, computed: 0, unreadable: [], part: null })
  const text = await place.run(['features', 'some', '--augment', '2'], { nodeArgs })
  expect(text.stdout).toMatch(/^The cache has 8 images in 24 views; 0 computed in /)
})

test('extraction that was killed goes on where it stopped', async () => {
  const cacheDir = cacheOf('killed')
  const args = ['features', place.flowers('many', { poppy: 12, orchid: 4 }), '--augment', '2', '--cache-dir', cacheDir]
  const running = place.start(args)
  await until(() => entriesIn(cacheDir) > 0)
  running.kill('SIGKILL')
  expect((await running.outcome).code).toBeNull()
  const kept = entriesIn(cacheDir)
  expect(kept).toBeGreaterThan(0)
  expect(kept).toBeLessThan(48)
  expect(await place.json(args)).toMatchObject({ images: 16, views: 48, computed: 48 - kept })
  expect(entriesIn(cacheDir)).toBe(48)
})

const onServer = hasRedis ? describe : describe.skip

onServer(`through a queue${orSkipped}`, () => {
  let server: RedisServer
  let redis: Redis

  beforeAll(async () => {
    server = await startRedis()
    redis = new Redis(server.address)
  })

  // None may take work from the next test where one failed.
  afterEach(() => {
    for (const worker of started.splice(0)) worker.kill('SIGKILL')
  })

  afterAll(async () => {
    redis.disconnect()
    await server.stop()
  })

  const started: Running[] = []
  const startWorker = () => {
    const worker = place.start(['worker', '--queue', server.address, '--json'])
    started.push(worker)
    return worker
  }
  const jobsOf = (stdout: string) =>
    stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as WorkerJob)
  const key = (name: string) => `bull:${queueName}:${name}`

  test('a worker is killed: another takes its jobs over, and --add then decodes nothing', async () => {
    const flowers = join(fixtures, 'flowers')
    const cacheDir = cacheOf('queue')
    const options = ['--augment', '1', '--cache-dir', cacheDir]
    const sending = place.start(['features', flowers, ...options, '--queue', server.address, '--json', '--quiet'])
    const killed = startWorker()
    await killed.shown('"job"')
    killed.kill('SIGKILL')
    const { code, stdout } = await killed.outcome
    expect(code).toBeNull()
    const doneByKilled = jobsOf(stdout)
    const inHand = await redis.lrange(key('active'), 0, -1)
    expect(inHand.length).toBeGreaterThan(0)

    const workers = [startWorker(), startWorker()]
    const { code: sent, stdout: result } = await sending.outcome
    expect(sent).toBe(0)
    expect(JSON.parse(result)).toMatchObject({ images: 60, views: 120, computed: 120, unreadable: [] })
    for (const worker of workers) worker.kill('SIGTERM')
    const outcomes = await Promise.all(workers.map((worker) => worker.outcome))
    expect(outcomes.map((outcome) => outcome.code)).toEqual([0, 0])
    const doneByOthers = outcomes.flatMap((outcome) => jobsOf(outcome.stdout))
    expect(doneByOthers.map(({ job }) => job)).toEqual(expect.arrayContaining(inHand))
    // Every job is done once, but for one that was done and not yet told of when its worker was killed.
    expect(new Set([...doneByKilled, ...doneByOthers].map(({ job }) => job)).size).toBe(5)
    expect(entriesIn(cacheDir)).toBe(120)
    expect(await redis.keys('nplusk:bottleneck:*')).toEqual([])

    const added = await place.json<ExtendResult>(['--add', flowers, ...options], { nodeArgs: withoutDecoder(place) })
    expect(added.classes).toEqual({ base: 1000, added: 5, total: 1005 })
  })

  test('the sender is killed: the next one finds what workers did meanwhile, and nothing is done twice', async () => {
    await redis.flushall()
    const folder = join(fixtures, 'flowers-test')
    const images = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith('.jpg')).length
    const args = ['features', folder, '--augment', '2', '--queue', server.address, '--cache-dir', cacheOf('sender')]
    const sending = place.start(args)
    // 24 views a job, three an image.
    const jobs = Math.ceil(images / 8)
    await until(async () => (await redis.llen(key('wait'))) === jobs)
    sending.kill('SIGKILL')
    await sending.outcome

    const worker = startWorker()
    await until(async () => (await redis.zcard(key('completed'))) === jobs)
    expect(await place.json(args)).toMatchObject({ images, computed: 3 * images })
    worker.kill('SIGINT')
    const { code, stdout } = await worker.outcome
    expect(code).toBe(0)
    expect(jobsOf(stdout).reduce((sum, { computed }) => sum + computed, 0)).toBe(3 * images)
  })

  test('with no worker there, the sender says so', async () => {
    const sending = place.start([
      'features',
      place.flowers('few', { bluebell: 1 }),
      '--seed',
      '7',
      '--queue',
      server.address,
    ])
    await sending.shown('No worker is at redis://127.0.0.1:')
    sending.kill('SIGINT')
    const { code, stderr } = await sending.outcome
    expect(code).toBe(130)
    expect(stderr).toContain('extend: No worker is at redis://127.0.0.1:')
  })
})
