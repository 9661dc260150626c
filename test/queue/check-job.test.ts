import { expect, test } from '@jest/globals'
import { plainView } from '../../src/image/types.js'
import { checkJob } from '../../src/queue/check-job.js'
import { asIs } from '../image/pictures.js'

const job = {
  kind: 'features',
  graph: 'a'.repeat(64),
  backbone: 'tiny',
  hasFurther: false,
  preprocess: asIs({ width: 4, height: 3 }),
  images: [{ file: '/photos/a.jpg', hash: 'b'.repeat(64), views: [plainView, { mirror: true, rotate: 10 }] }],
}
const asked = {
  kind: 'answers',
  graph: 'a'.repeat(64),
  preprocess: asIs({ width: 4, height: 3 }),
  oneByOne: false,
  classes: 1005,
  oldClasses: 1000,
  columns: 5,
  images: [{ path: '/photos/a.jpg', hash: 'b'.repeat(64), name: 'photos/a.jpg' }],
}
const withImage = (fields: object) => ({ ...job, images: [{ ...job.images[0], ...fields }] })
const askedWith = (fields: object) => ({ ...asked, images: [{ ...asked.images[0], ...fields }] })

test.each([[job], [asked]])('a job of a sender comes out as it went in', (sent) => {
  expect(checkJob(JSON.parse(JSON.stringify(sent)))).toEqual(sent)
})

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'x'],
  ['a kind that is none', { ...job, kind: 'others' }],
  ['a graph that is a path', { ...job, graph: '../../outside' }],
  ['a backbone of null', { ...job, backbone: null }],
  ['further layers that are neither there nor not', { ...job, hasFurther: 1 }],
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
  ['a question of one kind with the images of the other', { ...asked, images: job.images }],
  ['no class', { ...asked, classes: 0 }],
  ['no old class', { ...asked, oldClasses: 0 }],
  ['more old classes than classes', { ...asked, oldClasses: 1006 }],
  ['half a column', { ...asked, columns: 0.5 }],
  ['one by one of no meaning', { ...asked, oneByOne: 'yes' }],
  ['a question with a graph that is a path', { ...asked, graph: '../../outside' }],
  ['a question with preprocessing of nothing', { ...asked, preprocess: {} }],
  ['a question without images', { ...asked, images: undefined }],
  ['a question about null', { ...asked, images: [null] }],
  ['a question about a relative path', askedWith({ path: 'a.jpg' })],
  ['a question about a path with a NUL', askedWith({ path: '/a\0b.jpg' })],
  ['a question about an image without a hash', askedWith({ hash: undefined })],
  ['a question about an image without a name', askedWith({ name: 1 })],
])('%s is none', (_, value) => {
  expect(() => checkJob(value)).toThrow(
    expect.objectContaining({
      code: 'QUEUE',
      message: expect.stringMatching(/^A job in the queue is none that nplusk sent/),
    }),
  )
})
