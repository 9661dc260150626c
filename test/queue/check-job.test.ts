import { expect, test } from '@jest/globals'
import { plainView } from '../../src/image/types.js'
import { checkJob, checkOutcome } from '../../src/queue/check-job.js'
import { asIs } from '../image/pictures.js'

const job = {
  graph: 'a'.repeat(64),
  backbone: 'tiny',
  preprocess: asIs({ width: 4, height: 3 }),
  images: [{ file: '/photos/a.jpg', hash: 'b'.repeat(64), views: [plainView, { mirror: true, rotate: 10 }] }],
}
const withImage = (fields: object) => ({ ...job, images: [{ ...job.images[0], ...fields }] })

test('a job of a sender comes out as it went in', () => {
  expect(checkJob(JSON.parse(JSON.stringify(job)))).toEqual(job)
})

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'x'],
  ['a graph that is a path', { ...job, graph: '../../outside' }],
  ['a backbone of null', { ...job, backbone: null }],
  ['preprocessing of nothing', { ...job, preprocess: {} }],
  ['preprocessing into huge pictures', { ...job, preprocess: asIs({ width: 1e9, height: 1e9 }) }],
  ['images that are no list', { ...job, images: { length: 1 } }],
  ['an image that is null', { ...job, images: [null] }],
  ['a path that is relative', withImage({ file: 'a.jpg' })],
  ['a path with a NUL', withImage({ file: '/a\0b.jpg' })],
  ['a file that is a number', withImage({ file: 0 })],
  ['a hash that is none', withImage({ hash: 'x' })],
  ['views that are no list', withImage({ views: 1 })],
  ['a view that is null', withImage({ views: [null] })],
  ['a view turned out of all measure', withImage({ views: [{ mirror: false, rotate: 1e9 }] })],
])('%s is none', (_, value) => {
  expect(() => checkJob(value)).toThrow(
    expect.objectContaining({
      code: 'QUEUE',
      message: expect.stringMatching(/^A job in the queue is none that nplusk sent/),
    }),
  )
})

test('an answer tells of files of its job alone', () => {
  const outcome = { computed: 2, unreadable: [{ file: '/a.jpg', reason: 'no picture' }] }
  expect(checkOutcome(outcome, ['/a.jpg', '/b.jpg'])).toEqual(outcome)
  expect(() => checkOutcome(outcome, ['/b.jpg'])).toThrow(expect.objectContaining({ code: 'QUEUE' }))
})

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a text', '{}'],
  ['one without a count', { unreadable: [] }],
  ['a count below nothing', { computed: -1, unreadable: [] }],
  ['a list that is none', { computed: 1, unreadable: {} }],
  ['a list of null', { computed: 1, unreadable: [null] }],
  ['a reason that is none', { computed: 1, unreadable: [{ file: '/a.jpg', reason: 7 }] }],
])('%s is no answer', (_, value) => {
  expect(() => checkOutcome(value, ['/a.jpg'])).toThrow(expect.objectContaining({ code: 'QUEUE' }))
})
