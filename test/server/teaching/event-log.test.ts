import { setImmediate } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { EventLog, eventStream, heartbeatMs } from '../../../src/server/teaching/event-log.js'
import { HandClock } from './clock.js'
import { eventsIn } from './school.js'

async function all(stream: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const part of stream) text += part
  return text
}

const open = (log: EventLog, last = 0, clock = new HandClock(), signal = new AbortController().signal) =>
  eventStream(log, last, { clock, signal })

test('of the progress of a stage only the last is kept; ids count on', async () => {
  const log = new EventLog()
  for (let done = 1; done <= 3; done++) log.add('progress', { stage: 'extract', done }, 'extract')
  log.add('warning', { code: 'A' })
  log.add('warning', { code: 'B' })
  log.add('progress', { stage: 'train', done: 1 }, 'train')
  log.close()
  expect(eventsIn(await all(open(log)))).toEqual([
    { id: 3, event: 'progress', data: { stage: 'extract', done: 3 } },
    { id: 4, event: 'warning', data: { code: 'A' } },
    { id: 5, event: 'warning', data: { code: 'B' } },
    { id: 6, event: 'progress', data: { stage: 'train', done: 1 } },
  ])
  expect(eventsIn(await all(open(log, 4))).map(({ id }) => id)).toEqual([5, 6])
  log.reopen()
  log.add('taught', {})
  log.close()
  expect(eventsIn(await all(open(log, 6)))).toMatchObject([{ id: 7, event: 'taught' }])
})

test('a reader that is slower than the events gets the newest', async () => {
  const log = new EventLog()
  const stream = open(log)
  expect((await stream.next()).value).toBe(': connected\n\n')
  log.add('progress', { done: 1 }, 'train')
  expect(eventsIn((await stream.next()).value as string)).toMatchObject([{ data: { done: 1 } }])
  for (let done = 2; done <= 500; done++) log.add('progress', { done }, 'train')
  log.close()
  expect(eventsIn(await all(stream))).toEqual([{ id: 500, event: 'progress', data: { done: 500 } }])
})

test('several readers hear every event once, and text that would end a line stays in its line', async () => {
  const log = new EventLog()
  const readers = [all(open(log)), all(open(log))]
  await setImmediate()
  log.add('warning', { message: 'a\n\nid: 9\nevent: taught\ndata: {}' })
  await setImmediate()
  log.add('taught', { revision: 2 })
  log.close()
  for (const text of await Promise.all(readers)) {
    expect(eventsIn(text).map(({ id, event }) => [id, event])).toEqual([
      [1, 'warning'],
      [2, 'taught'],
    ])
  }
})

test('silence is broken after the time of a heartbeat, and no earlier', async () => {
  const log = new EventLog()
  const clock = new HandClock()
  const stream = open(log, 0, clock)
  await stream.next()
  const next = stream.next()
  await setImmediate()
  clock.move(heartbeatMs - 1)
  expect(clock.sleepers).toBe(1)
  clock.move(1)
  expect((await next).value).toBe(': still here\n\n')
  const after = stream.next()
  await setImmediate()
  log.add('warning', {})
  expect(eventsIn((await after).value as string)).toHaveLength(1)
  // A change ends the waiting: nobody sleeps on.
  expect(clock.sleepers).toBe(0)
})

test('a signal ends the stream, while it waits and before', async () => {
  const gone = new AbortController()
  const clock = new HandClock()
  const waiting = all(open(new EventLog(), 0, clock, gone.signal))
  await setImmediate()
  gone.abort()
  expect(await waiting).toBe(': connected\n\n')
  expect(clock.sleepers).toBe(0)
  expect(await all(open(new EventLog(), 0, clock, gone.signal))).toBe(': connected\n\n')
})
