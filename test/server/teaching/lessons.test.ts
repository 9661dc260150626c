import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { lookAt } from '../../../src/image/look.js'
import { Lessons } from '../../../src/server/teaching/lessons.js'
import { teachingLimits } from '../../../src/server/teaching/limits.js'
import { encoder, paint } from '../../image/pictures.js'
import { HandClock } from './clock.js'

let clock: HandClock
let lessons: Lessons
let png: Buffer

beforeEach(async () => {
  clock = new HandClock()
  lessons = await Lessons.open(
    { ...teachingLimits, lessons: 3, images: 4, bytes: 100_000, pixels: 1000, idleMs: 1000 },
    clock,
  )
  png = await encoder(paint(40, 20, (x, y) => [x, y, 100]))
    .png()
    .toBuffer()
})

afterEach(() => lessons.close())

const problem = (type: string, detail?: string) => ({
  type,
  ...(detail ? { message: expect.stringContaining(detail) } : {}),
})
const permissions = (path: string) => (statSync(path).mode & 0o777).toString(8)

describe('uploads', () => {
  test('lie in a folder of their own, for this user alone, and bear no name that a client sent', async () => {
    const { pictures, id } = await lessons.create('tiny')
    const names = ['../../etc/passwd', '/tmp/a.png', 'a\0b.png', 'C:\\x.png', 'x'.repeat(1000)]
    const labels = ['.hidden', 'CON', 'train', '日本 語']
    for (const [i, label] of labels.entries()) await pictures.add(label, names[i]!, png)
    expect(readdirSync(lessons.root).sort()).toEqual(['.live', id])
    expect(readdirSync(join(lessons.root, id)).sort()).toEqual(
      ['p1', 'p2', 'p3', 'p4'].flatMap((name) => [name, `${name}.webp`]).sort(),
    )
    expect(permissions(lessons.root)).toBe('700')
    expect(permissions(join(lessons.root, id))).toBe('700')
    expect(permissions(join(lessons.root, id, 'p1'))).toBe('600')
    expect(readFileSync(pictures.pathOf('p1')).equals(png)).toBe(true)
    expect(pictures.classes().map(({ label }) => label)).toEqual(labels)
    expect(pictures.get('p1').file).toBe('../../etc/passwd')
    expect(await lookAt(pictures.thumbnailOf('p1'))).toMatchObject({ width: 40, height: 20, format: 'WebP' })
  })

  test.each(['', ' ', '.', '..', '../up', 'a/b', 'a\\b', 'a\0', 'a\u202eb', '\u200b', 'x'.repeat(256)])(
    'of a class %j are refused',
    async (label) => {
      const { pictures } = await lessons.create('tiny')
      await expect(pictures.add(label, 'a.png', png)).rejects.toMatchObject(problem('bad-request'))
      expect(pictures.size).toBe(0)
      const { image } = await pictures.add('good', 'a.png', png)
      expect(() => pictures.move(image, label)).toThrow(expect.objectContaining(problem('bad-request')))
    },
  )

  test('of more pixels than a picture may have are refused, and leave nothing', async () => {
    const { pictures, id } = await lessons.create('tiny')
    const large = await encoder(paint(51, 20, () => [0, 0, 0]))
      .png()
      .toBuffer()
    await expect(pictures.add('good', 'a.png', large)).rejects.toMatchObject(problem('too-large', 'megapixels'))
    expect(readdirSync(join(lessons.root, id))).toEqual([])
  })

  test('one name in two forms of Unicode is one class', async () => {
    const { pictures } = await lessons.create('tiny')
    await pictures.add('caf\u00e9', 'a.png', png)
    await pictures.add(' cafe\u0301 ', 'b.png', png)
    expect(pictures.classes()).toMatchObject([{ label: 'caf\u00e9', images: [{}, {}] }])
  })

  test('that are no pictures are said to be none, and leave nothing', async () => {
    const { pictures, id } = await lessons.create('tiny')
    for (const bytes of [Buffer.from(''), Buffer.from('no picture'), png.subarray(0, png.length / 2)]) {
      await expect(pictures.add('a', 'a.png', bytes)).rejects.toMatchObject(problem('unreadable-image'))
    }
    expect(readdirSync(join(lessons.root, id))).toEqual([])
    expect([pictures.size, pictures.bytes]).toEqual([0, 0])
  })

  test('are limited in number and in bytes, also where they come at once; what goes makes room', async () => {
    const { pictures } = await lessons.create('tiny')
    const all = await Promise.allSettled(Array.from({ length: 6 }, () => pictures.add('a', 'a.png', png)))
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(4)
    await expect(pictures.add('a', 'a.png', png)).rejects.toMatchObject(problem('too-large', '4 pictures'))
    await pictures.removeClass('a')
    expect([pictures.size, pictures.bytes]).toEqual([0, 0])
    await expect(pictures.add('a', 'a.png', Buffer.concat([png, Buffer.alloc(100_000)]))).rejects.toMatchObject(
      problem('too-large', 'MiB'),
    )
    await pictures.add('a', 'a.png', png)
  })

  test('come and go one by one, and move between classes', async () => {
    const { pictures, id } = await lessons.create('tiny')
    const { image } = await pictures.add('a', 'a.png', png)
    await pictures.add('a', 'b.png', png)
    pictures.move(image, 'b')
    expect(pictures.classes().map(({ label, images }) => [label, images.length])).toEqual([
      ['b', 1],
      ['a', 1],
    ])
    await pictures.remove(image)
    expect(readdirSync(join(lessons.root, id)).sort()).toEqual(['p2', 'p2.webp'])
    await expect(pictures.remove(image)).rejects.toMatchObject(problem('not-found'))
    await expect(pictures.removeClass('b')).rejects.toMatchObject(problem('not-found'))
    // An id is never given twice.
    expect((await pictures.add('a', 'c.png', png)).image).toBe('p3')
  })

  test('of a class go all at once, before the first file does', async () => {
    const { pictures, id } = await lessons.create('tiny')
    for (const label of ['a', 'a', 'a', 'b']) await pictures.add(label, 'a.png', png)
    const removed = pictures.removeClass('a')
    expect(pictures.classes()).toMatchObject([{ label: 'b', images: [{ image: 'p4' }] }])
    await expect(pictures.removeClass('a')).rejects.toMatchObject(problem('not-found', 'class'))
    await removed
    expect(readdirSync(join(lessons.root, id)).sort()).toEqual(['p4', 'p4.webp'])
  })

  test('are named by the client in texts about them', async () => {
    const { pictures } = await lessons.create('tiny')
    await pictures.add('a', 'my mug.jpg', png)
    const text = pictures.named(`Cannot use "${pictures.pathOf('p1')}": damaged; ${pictures.pathOf('p77')} too.`)
    expect(text).toBe('Cannot use "my mug.jpg": damaged; a picture too.')
    expect(pictures.idOf(pictures.pathOf('p1'))).toBe('p1')
    expect(pictures.idOf('/elsewhere/p1')).toBeUndefined()
  })
})

describe('lessons', () => {
  test('are few', async () => {
    const made = [await lessons.create('a'), await lessons.create('a'), await lessons.create('a')]
    await expect(lessons.create('a')).rejects.toMatchObject(problem('conflict', 'end one'))
    await lessons.end(made[1]!.id)
    await lessons.create('a')
  })

  test('that nobody asks for are deleted after their time, but not while they are taught', async () => {
    const [idle, used, taught] = [await lessons.create('a'), await lessons.create('a'), await lessons.create('a')]
    for (const { pictures } of [idle, used, taught]) await pictures.add('a', 'a.png', png)
    taught.begin()
    clock.move(600)
    lessons.get(used.id)
    clock.move(600)
    await lessons.endIdle()
    expect(() => lessons.get(idle.id)).toThrow(expect.objectContaining(problem('not-found')))
    expect(readdirSync(lessons.root).sort()).toEqual(['.live', used.id, taught.id].sort())
    expect(lessons.get(used.id)).toBe(used)
    await expect(idle.pictures.add('a', 'a.png', png)).rejects.toThrow()
    expect(existsSync(join(lessons.root, idle.id))).toBe(false)
  })

  test('take no picture that is still being looked at when they are taught, or end', async () => {
    const lesson = await lessons.create('a')
    await lesson.add('a', 'a.png', png)
    const late = lesson.add('b', 'b.png', png)
    lesson.begin()
    await expect(late).rejects.toMatchObject(problem('conflict', 'being taught'))
    expect(lesson.pictures.classes()).toMatchObject([{ label: 'a' }])
    expect(readdirSync(join(lessons.root, lesson.id)).sort()).toEqual(['p1', 'p1.webp'])
    lesson.fail({})
    const later = lesson.add('b', 'b.png', png)
    const ended = lessons.end(lesson.id)
    await expect(later).rejects.toMatchObject(problem('not-found', 'ended'))
    await ended
    expect(existsSync(join(lessons.root, lesson.id))).toBe(false)
  })

  test('leave nothing behind when the service ends', async () => {
    const lesson = await lessons.create('a')
    await lesson.pictures.add('a', 'a.png', png)
    await lessons.close()
    expect(existsSync(lessons.root)).toBe(false)
    expect(lesson.events.isOpen).toBe(false)
  })
})
