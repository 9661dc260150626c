import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { extract, type HashedImage } from '../../src/features/extract.js'
import { encodeBottleneck, type BottleneckShape } from '../../src/features/entry.js'
import { openStore, type BottleneckStore } from '../../src/features/store.js'
import type { ProgressEvent } from '../../src/core/progress.js'
import { hashFile } from '../../src/core/hash-file.js'
import { plainView } from '../../src/image/types.js'
import { hashOf } from '../../src/core/hash-of.js'
import { connectQueue, type QueueConnection } from '../../src/queue/connect.js'
import { queueName, type JobReport } from '../../src/queue/jobs.js'
import { computeOnQueue } from '../../src/queue/compute-on-queue.js'
import { fetchGraph, shareGraph } from '../../src/queue/shared-graph.js'
import { fetchBottlenecks, shareBottlenecks, sharedKeys } from '../../src/queue/shared-bottlenecks.js'
import { seal } from '../../src/queue/seal.js'
import { work } from '../../src/queue/work.js'
import { openSession } from '../../src/runtime/session.js'
import { entryOf, keyOf } from '../features/entries.js'
import { tinyBackbone } from '../features/tiny-backbone.js'
import { asIs, encoder, paint } from '../image/pictures.js'
import { hasRedis, orSkipped, startRedis, type RedisServer } from '../support/redis-server.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const size = { width: 4, height: 3 }
const graph = tinyBackbone()
const keysFor = { graphKey: 'tiny', preprocess: asIs(size) }

const folder = temporaryFolder()
const onServer = hasRedis ? describe : describe.skip
let server: RedisServer
let connection: QueueConnection
let store: BottleneckStore

beforeAll(async () => {
  if (hasRedis) server = await startRedis()
})
afterAll(() => server?.stop())
beforeEach(async () => {
  if (!hasRedis) return
  connection = await connectQueue(server.address)
  await connection.redis.flushall()
  store = await openStore(join(folder(), 'cache'))
})
afterEach(async () => {
  if (!hasRedis) return
  await store.close()
  connection.close()
})

async function imageFiles(count: number): Promise<HashedImage[]> {
  await mkdir(join(folder(), 'images'))
  const images: HashedImage[] = []
  for (let i = 0; i < count; i++) {
    const file = join(folder(), 'images', `${i}.png`)
    await encoder(paint(size.width, size.height, (x, y) => [i, x, y + 100]))
      .png()
      .toFile(file)
    images.push({ file, hash: await hashFile(file), views: [plainView, { mirror: true }] })
  }
  return images
}

/** Resolves when a job is waiting in the queue. */
async function waitingJob(): Promise<void> {
  while ((await connection.redis.llen(`bull:${queueName}:wait`)) === 0) await setTimeout(10)
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

/** Sends images while a worker runs, which starts once `after` resolves; returns what both report. */
async function sendAndWork(
  images: readonly HashedImage[],
  { after = Promise.resolve(), shape }: { after?: Promise<unknown>; shape?: BottleneckShape } = {},
) {
  const stopWorker = new AbortController()
  const jobs: JobReport[] = []
  const events: ProgressEvent[] = []
  let done = 0
  const sent = computeOnQueue(each(images), {
    queue: server.address,
    graph,
    ...keysFor,
    shape,
    store,
    onImage: () => done++,
    onProgress: (event) => events.push(event),
  })
  const settled = Promise.allSettled([sent])
  await after
  const worker = work({
    queue: server.address,
    openSession: (bytes) => openSession(bytes),
    signal: stopWorker.signal,
    onJob: (job) => jobs.push(job),
  })
  const [outcome] = await settled
  stopWorker.abort()
  await worker
  return { outcome: outcome!, jobs, events, done }
}

onServer(`images through a queue${orSkipped}`, () => {
  test('are in the store as if computed here, and nothing but the backbone and the jobs is left in Redis', async () => {
    const images = await imageFiles(30)
    const { outcome, jobs, done } = await sendAndWork(images)
    expect(outcome).toEqual({ status: 'fulfilled', value: { computed: 60, unreadable: [] } })
    expect(done).toBe(30)
    // 24 views per job.
    expect(jobs.map(({ images: count }) => count).sort((a, b) => b - a)).toEqual([12, 12, 6])

    const local = await openStore(join(folder(), 'local'))
    const session = await openSession(graph)
    const extractor = { session, store: local, ...keysFor }
    const { keys } = await extract(extractor, images, 'extract')
    for (const key of keys.flatMap((ofImage) => ofImage!)) expect(store.get(key)).toEqual(local.get(key))
    await session.close()
    await local.close()
    expect(await connection.redis.keys('nplusk:*')).toEqual([`nplusk:graph:${hashOf(graph)}`])

    const again = await sendAndWork(images)
    expect(again).toMatchObject({ outcome: { value: { computed: 0 } }, jobs: [], done: 30 })
  })

  test('that cannot be decoded are left out, each with its reason', async () => {
    const images = await imageFiles(3)
    const broken = join(folder(), 'broken.png')
    await writeFile(broken, 'not a picture')
    images.splice(1, 0, { file: broken, hash: await hashFile(broken), views: [plainView] })
    const { outcome, events, done } = await sendAndWork(images)
    const unreadable = [{ file: broken, reason: expect.stringContaining(broken) }]
    expect(outcome).toEqual({ status: 'fulfilled', value: { computed: 6, unreadable } })
    expect(events).toMatchObject([{ type: 'warning', code: 'UNREADABLE_IMAGE' }])
    expect(done).toBe(4)
  })

  test('whose bottlenecks Redis has are taken without a job', async () => {
    const images = await imageFiles(2)
    const first = await sendAndWork(images)
    expect(first.jobs).toHaveLength(1)
    const { keys } = await extract({ session: undefined as never, store, ...keysFor }, images, 'extract')
    await shareBottlenecks(
      connection.redis,
      keys.flatMap((ofImage) => ofImage!.map((key) => [key, store.get(key)!] as const)),
    )
    await store.close()
    store = await openStore(join(folder(), 'another'))
    expect(await sendAndWork(images)).toMatchObject({ outcome: { value: { computed: 4 } }, jobs: [], done: 2 })
  })

  test.each([
    ['is missing there', (file: string) => rename(file, `${file}.away`), 'Cannot read "FILE" on '],
    [
      'leads to a device there',
      (file: string) => rm(file).then(() => symlink('/dev/zero', file)),
      'Cannot read "FILE" on ',
    ],
    ['is another one there', (file: string) => writeFile(file, 'other'), '"FILE" on '],
  ])('fail for good where a file %s, and the error names it', async (_, change, message) => {
    const images = await imageFiles(2)
    await change(images[1]!.file)
    const { outcome } = await sendAndWork(images)
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'QUEUE' } })
    expect((outcome as PromiseRejectedResult).reason.message).toContain(message.replace('FILE', images[1]!.file))
  })

  test.each<[string, (key: string) => Buffer]>([
    [
      'what is no number',
      (key) => encodeBottleneck(key, { ...store.get(key)!, features: store.get(key)!.features.map(() => NaN) }),
    ],
    ['what is of another shape', (key) => encodeBottleneck(key, entryOf(key, 3, 2)[1])],
    ['what is of another picture', (key) => encodeBottleneck(keyOf('x'), store.get(key)!)],
    [
      'what has a bit flipped',
      (key) => {
        const bytes = encodeBottleneck(key, store.get(key)!)
        bytes[40]! ^= 4
        return bytes
      },
    ],
    ['what is no bottleneck at all', () => Buffer.from('x')],
  ])('of which Redis has %s are computed anew', async (_, damage) => {
    const images = await imageFiles(2)
    await sendAndWork(images)
    const { keys } = await extract({ session: undefined as never, store, ...keysFor }, images, 'extract')
    const [key] = keys[0]!
    const right = store.get(key!)!
    await connection.redis.set(`nplusk:bottleneck:${key}`, damage(key!))
    await store.close()
    store = await openStore(join(folder(), 'another'))
    const { outcome } = await sendAndWork(images, {
      shape: { dim: right.features.length, classes: right.logits.length },
    })
    expect(outcome).toEqual({ status: 'fulfilled', value: { computed: 4, unreadable: [] } })
    expect(store.get(key!)).toEqual(right)
  })

  test('of a backbone that gives other lengths than are on record are an error, as in one process', async () => {
    const { outcome, jobs } = await sendAndWork(await imageFiles(1), { shape: { dim: 13, classes: 2 } })
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'BAD_BUNDLE' } })
    expect(jobs).toHaveLength(1)
  })

  test('of a job that nobody sent, a worker takes none', async () => {
    const { redis, library } = connection
    const queue = new library.Queue(queueName, { connection: redis })
    const { id } = await queue.add('features', seal({ graph: '../../outside', images: [{ file: '/etc/passwd' }] }))
    await sendAndWork(await imageFiles(1))
    const job = await queue.getJob(id!)
    expect(job!.failedReason).toMatch(/^A job in the queue is none that nplusk sent/)
    await queue.close()
  })

  test('of a job that was damaged in Redis, a worker takes none', async () => {
    const { redis, library } = connection
    const queue = new library.Queue(queueName, { connection: redis })
    const images = await imageFiles(1)
    const { preprocess } = keysFor
    const job = seal({
      kind: 'features',
      graph: hashOf(graph),
      backbone: 'tiny',
      hasFurther: false,
      preprocess,
      images,
    })
    const damaged = { ...job, value: { ...job.value, preprocess: { ...preprocess, cropFraction: 0.5 } } }
    const { id } = await queue.add('features', damaged)
    await sendAndWork(images)
    expect((await queue.getJob(id!))!.failedReason).toMatch(
      /^A job in the queue is none that nplusk sent, or is damaged/,
    )
    await queue.close()
  })

  test('whose outcome was damaged in Redis are sent again', async () => {
    const { redis, library } = connection
    // A worker that says of a picture that it cannot be read, as a damaged outcome could.
    let jobs = 0
    const images = await imageFiles(1)
    const liar = new library.Worker(
      queueName,
      async ({ data }: { data: { checksum: number } }) => {
        jobs++
        const unreadable = [{ file: images[0]!.file, reason: 'it is damaged' }]
        return { ...seal({ computed: 0, unreadable: [] }, data.checksum), value: { computed: 0, unreadable } }
      },
      { connection: redis, concurrency: 1 },
    )
    const sent = computeOnQueue(each(images), {
      queue: server.address,
      graph,
      ...keysFor,
      store,
      onImage: () => undefined,
    })
    await expect(sent).rejects.toMatchObject({
      code: 'QUEUE',
      message: expect.stringMatching(/got lost in Redis 5 times/),
    })
    expect(jobs).toBe(5)
    await liar.close()
  })

  test('are sent again where Redis has forgotten everything', async () => {
    const images = await imageFiles(2)
    const forgotten = waitingJob().then(() => connection.redis.flushall())
    const { outcome } = await sendAndWork(images, { after: forgotten })
    expect(outcome).toEqual({ status: 'fulfilled', value: { computed: 4, unreadable: [] } })
  })

  test('wait no longer once the sender is interrupted', async () => {
    const images = await imageFiles(1)
    const controller = new AbortController()
    const sent = computeOnQueue(each(images), {
      queue: server.address,
      graph,
      ...keysFor,
      store,
      signal: controller.signal,
      onImage: () => undefined,
    })
    void waitingJob().then(() => controller.abort())
    await expect(sent).rejects.toMatchObject({ code: 'ABORTED' })
  })
})

onServer(`a worker${orSkipped}`, () => {
  test('closes the sessions of models that it was not asked for lately, and all in the end', async () => {
    const images = await imageFiles(1)
    const open = new Set<string>()
    const mostOpen: number[] = []
    const stop = new AbortController()
    const worker = work({
      queue: server.address,
      async openSession(bytes) {
        const session = await openSession(bytes)
        const hash = hashOf(bytes)
        open.add(hash)
        mostOpen.push(open.size)
        const close = (): Promise<void> => {
          open.delete(hash)
          return session.close()
        }
        return {
          provider: session.provider,
          run: (...what) => session.run(...what),
          close,
          [Symbol.asyncDispose]: close,
        }
      },
      signal: stop.signal,
    })
    for (let model = 0; model < 5; model++) {
      // The same answers from another file.
      const other = Buffer.concat([graph, encodeDocString(model)])
      await computeOnQueue(each(images), {
        queue: server.address,
        graph: other,
        graphKey: `tiny ${model}`,
        preprocess: asIs(size),
        store,
        onImage: () => undefined,
      })
    }
    expect(mostOpen).toHaveLength(5)
    expect(Math.max(...mostOpen)).toBeLessThanOrEqual(3)
    stop.abort()
    await worker
    expect(open.size).toBe(0)
  })
})

/** The field `doc_string` of a ModelProto, which parsers accept at any position. */
function encodeDocString(number: number): Buffer {
  return Buffer.from([0x32, 1, 0x30 + number])
}

onServer(`in Redis${orSkipped}`, () => {
  test('a backbone of several pieces comes out as it went in; another than its hash says, or none, is an error', async () => {
    const { redis } = connection
    const large = Buffer.alloc(2 ** 25 + 1000, 7)
    const graphHash = hashOf(large)
    await expect(fetchGraph(redis, graphHash)).rejects.toMatchObject({
      code: 'QUEUE',
      message: expect.stringContaining('is not in Redis any more'),
    })
    expect(await shareGraph(redis, large)).toBe(graphHash)
    expect(await shareGraph(redis, large)).toBe(graphHash)
    expect(await redis.llen(`nplusk:graph:${graphHash}`)).toBe(2)
    expect(await redis.ttl(`nplusk:graph:${graphHash}`)).toBeGreaterThan(0)
    expect(hashOf(await fetchGraph(redis, graphHash))).toBe(graphHash)
    await redis.rpush(`nplusk:graph:${graphHash}`, 'more')
    await expect(fetchGraph(redis, graphHash)).rejects.toMatchObject({
      code: 'QUEUE',
      message: expect.stringContaining('has another hash'),
    })
    expect(await redis.keys('nplusk:*')).toEqual([`nplusk:graph:${graphHash}`])
  })

  test('bottlenecks are kept under their keys, and not for ever', async () => {
    const { redis } = connection
    const entries = ['a', 'b'].map((key) => entryOf(key))
    await shareBottlenecks(redis, entries)
    expect(await sharedKeys(redis, ['a', 'x', 'b'].map(keyOf))).toEqual(new Set(['a', 'b'].map(keyOf)))
    const found = await fetchBottlenecks(redis, ['b', 'x'].map(keyOf))
    expect(found.map(([key]) => key)).toEqual([keyOf('b')])
    expect(found[0]![1].logits).toEqual(entries[1]![1].logits)
    expect(await redis.ttl(`nplusk:bottleneck:${keyOf('a')}`)).toBeGreaterThan(0)
  })
})

test('a server that cannot be reached is an error that names it, without the password, and nothing waits for it', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const before = timers()
  await expect(connectQueue('redis://:secret@127.0.0.1:1')).rejects.toMatchObject({
    code: 'QUEUE',
    message: expect.stringMatching(
      /^Cannot use the Redis server at redis:\/\/:\*\*\*@127\.0\.0\.1:1 \(.*ECONNREFUSED.*\); check/,
    ),
  })
  expect(timers()).toBe(before)
})
