import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { WorkerJob } from '../../src/index.js'
import { runWorker, writeAnswers, type AnswersOptions } from '../../src/index.js'
import { connectQueue, type QueueConnection } from '../../src/queue/connect.js'
import { queueName, type AnswersJob } from '../../src/queue/jobs.js'
import type { Sealed } from '../../src/queue/seal.js'
import { hasRedis, orSkipped, startRedis, type RedisServer } from '../support/redis-server.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

const folder = temporaryFolder()
const onServer = hasRedis ? describe : describe.skip
let server: RedisServer
let connection: QueueConnection
let place: TinyPlace
let photos: string

beforeAll(async () => {
  if (hasRedis) server = await startRedis()
})
afterAll(() => server?.stop())
beforeEach(async () => {
  if (!hasRedis) return
  connection = await connectQueue(server.address)
  await connection.redis.flushall()
  place = tinyPlace(folder())
  await place.add({ add: [await place.draw('added', { red: 6, blue: 6 })], augment: 0 })
  photos = await place.draw('photos', { a: 40, b: 23 })
  writeFileSync(join(photos, 'a', '7-bad.png'), 'no picture')
})
afterEach(() => connection?.close())

const out = (name: string) => place.path(`${name}.jsonl`)
const write = (name: string, options: Partial<AnswersOptions> = {}) =>
  writeAnswers({
    model: place.path('bundle'),
    device: 'cpu',
    cacheDir: place.cacheDir,
    images: [photos, join(photos, 'gone.png')],
    out: out(name),
    reject: 0.1,
    ...options,
  })

/** Runs workers as long as some work lasts; they do not know the bundle. */
async function withWorkers<T>(count: number, work: () => Promise<T>): Promise<{ value: T; jobs: WorkerJob[] }> {
  const stop = new AbortController()
  const jobs: WorkerJob[] = []
  const options = { queue: server.address, device: 'cpu', signal: stop.signal } as const
  const workers = Array.from({ length: count }, () => runWorker({ ...options, onJob: (job) => jobs.push(job) }))
  try {
    return { value: await work(), jobs }
  } finally {
    stop.abort()
    await Promise.all(workers)
  }
}

/** Resolves when jobs with so many images are waiting in the queue: the images' paths, job by job in their order. */
async function waitingImages(count: number): Promise<string[][]> {
  const key = `bull:${queueName}`
  for (;;) {
    const ids = (await connection.redis.lrange(`${key}:wait`, 0, -1)).toReversed()
    const data = await Promise.all(ids.map((id) => connection.redis.hget(`${key}:${id}`, 'data')))
    const jobs = data.map((text) => (JSON.parse(text!) as Sealed<AnswersJob>).value.images.map(({ path }) => path))
    if (jobs.flat().length >= count) return jobs
    await setTimeout(10)
  }
}

onServer(`answers of workers${orSkipped}`, () => {
  test('are those of this process, to the byte, what cannot be read and is missing included', async () => {
    mkdirSync(place.path('torn'))
    symlinkSync('gone', place.path('torn', 'link'))
    const images = [photos, join(photos, 'gone.png'), place.path('torn')]
    await write('here', { images })
    const { value, jobs } = await withWorkers(2, () => write('there', { images, queue: server.address }))
    expect(value).toMatchObject({ images: 66, unreadable: 3, resumed: 0 })
    expect(readFileSync(out('there'), 'utf8')).toBe(readFileSync(out('here'), 'utf8'))
    // 24 pictures a job; the missing file and the folder are this machine's own findings.
    expect(jobs.reduce((sum, { images }) => sum + images, 0)).toBe(64)
    expect(jobs.length).toBeGreaterThanOrEqual(3)
  })

  test('complete a file that workers began, and none that was begun without them, nor the other way round', async () => {
    await write('here')
    await withWorkers(1, () => write('there', { queue: server.address }))
    const whole = readFileSync(out('there'))
    const half = whole.subarray(0, whole.length / 2)
    for (const name of ['here', 'there']) writeFileSync(out(name), half)
    const byWorkers = { queue: server.address, resume: true }
    for (const refused of [write('here', byWorkers), write('there', { resume: true })])
      await expect(refused).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringContaining('workers of a queue'),
      })
    for (const name of ['here', 'there']) expect(readFileSync(out(name)).equals(half)).toBe(true)
    await withWorkers(1, () => write('there', byWorkers))
    expect(readFileSync(out('there')).equals(whole)).toBe(true)
  })

  test('to a file that is another one there end the work, which keeps what is answered before', async () => {
    const sent = write('there', { queue: server.address }).catch((error: Error) => error)
    const jobs = await waitingImages(64)
    const changed = join(photos, 'b', '22.png')
    // A slow disk makes more and smaller jobs.
    const before = jobs
      .slice(
        0,
        jobs.findIndex((images) => images.includes(changed)),
      )
      .flat().length
    expect(before).toBeGreaterThanOrEqual(24)
    writeFileSync(changed, 'another')
    const { value } = await withWorkers(1, () => sent)
    expect(value).toMatchObject({ code: 'QUEUE', message: expect.stringContaining('is not the file that was sent') })
    await write('here')
    const lines = (name: string) => readFileSync(out(name), 'utf8').split('\n')
    expect(lines('there')).toEqual([...lines('here').slice(0, before), ''])
  })

  test('wait no longer once the sender is interrupted, and its next run takes up', async () => {
    const controller = new AbortController()
    const sent = write('there', { queue: server.address, signal: controller.signal })
    await waitingImages(1)
    controller.abort()
    await expect(sent).rejects.toMatchObject({ code: 'ABORTED', remedy: { kind: 'resume' } })
    const { value } = await withWorkers(1, () => write('there', { queue: server.address, resume: true }))
    expect(value).toMatchObject({ images: 65, resumed: 0 })
  })
})
