import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { ListedPicture } from '../../src/answers/listed-picture.js'
import { listedPictures } from '../../src/answers/listed-pictures.js'
import { isInShard } from '../../src/features/shard.js'
import { readImages } from '../../src/folders/folder.js'
import type { PassedOver } from '../../src/folders/passed-over.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()

/** Makes files below a folder, with a text as their content. */
function make(name: string, files: readonly string[]): string {
  for (const file of files) {
    const path = join(folder(), name, file)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, 'some text')
  }
  return join(folder(), name)
}

async function listed(paths: readonly string[], onPassedOver?: (files: readonly PassedOver[]) => void) {
  const pictures: ListedPicture[] = []
  for await (const picture of listedPictures(paths, onPassedOver)) pictures.push(picture)
  return pictures
}

test('a file stands for itself, whether it is there or not', async () => {
  expect(await listed(['x.jpg', './y'])).toEqual([
    { file: 'x.jpg', key: 'x.jpg' },
    { file: './y', key: './y' },
  ])
})

test('a folder stands for the pictures that reading it whole finds, in the same order', async () => {
  const photos = make('photos', ['b.jpg', 'a.PNG', 'notes.txt', 'deep/c.webp', 'deep/er/d.jpg', 'a-b/e.jpg', 'deep/x'])
  symlinkSync(photos, join(photos, 'deep', 'again'))
  symlinkSync(join(photos, 'deep', 'er'), join(photos, 'linked'))
  const passedOver: PassedOver[] = []
  const pictures = await listed([photos, 'z.jpg'], (files) => passedOver.push(...files))
  const whole = await readImages(photos)
  expect(whole.files).toHaveLength(6)
  expect(pictures.map(({ file }) => file)).toEqual([...whole.files, 'z.jpg'])
  expect(pictures[1]).toEqual({ file: join(photos, 'b.jpg'), key: 'b.jpg' })
  expect(passedOver).toEqual(whole.passedOver)
})

test('links that lead nowhere are pictures in their place, if they have the name of one', async () => {
  const photos = make('photos', ['a.jpg', 'deep/c.jpg'])
  symlinkSync('gone', join(photos, 'b.jpg'))
  symlinkSync('gone', join(photos, 'deep', 'd.jpg'))
  symlinkSync('gone', join(photos, '.#a.jpg'))
  const passedOver: PassedOver[] = []
  const pictures = await listed([photos], (files) => passedOver.push(...files))
  expect(pictures.map(({ key }) => key)).toEqual(['a.jpg', 'b.jpg', join('deep', 'c.jpg'), join('deep', 'd.jpg')])
  expect(passedOver).toEqual([{ file: join(photos, '.#a.jpg'), kind: 'hidden file' }])
  symlinkSync('gone', join(photos, 'more'))
  const whole = await listed([photos, 'z.jpg'])
  expect(whole.map(({ key }) => key)).toEqual(['photos', 'z.jpg'])
  expect(whole[0]!.file).toBe(photos)
  await expect(whole[0]!.content!()).rejects.toMatchObject({
    code: 'IO',
    message: expect.stringContaining('leads nowhere'),
  })
})

test('a folder without pictures is an error that says what there is', async () => {
  const empty = make('empty', ['a.txt', 'b/c.txt'])
  await expect(listed([empty])).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining(`No picture in "${empty}" (but 2 text files)`),
  })
})

test('one that cannot be read to its end keeps the pictures ahead of that, and ends no list', async () => {
  const photos = make('partly', ['a.jpg', 'b/c.jpg'])
  symlinkSync('gone', join(photos, 'b', 'more'))
  const pictures = await listed([photos, 'z.jpg'])
  expect(pictures.map(({ key }) => key)).toEqual(['a.jpg', 'partly', 'z.jpg'])
  await expect(pictures[1]!.content!()).rejects.toMatchObject({ code: 'IO' })
})

test('a folder without pictures among others is passed over itself', async () => {
  const empty = make('bare', ['a.txt'])
  const photos = make('full', ['a.jpg'])
  const passedOver: PassedOver[] = []
  const pictures = await listed([empty, photos, empty], (files) => passedOver.push(...files))
  expect(pictures.map(({ key }) => key)).toEqual(['a.jpg'])
  const both = [
    { file: join(empty, 'a.txt'), kind: 'text file' },
    { file: empty, kind: 'folder without pictures' },
  ]
  expect(passedOver).toEqual([...both, ...both])
})

test('shards of a list are disjoint and complete, wherever its folders are', async () => {
  const files = Array.from({ length: 300 }, (_, i) => `${i % 7}/${i}.jpg`)
  const [here, there] = [make('here', files), make('some/where/else', files)]
  const shardsOf = async (root: string) => {
    const pictures = await listed([root, join('loose', 'a.jpg')])
    return [1, 2, 3].map((index) => pictures.filter(({ key }) => isInShard(key, { index, count: 3 })))
  }
  const parts = await shardsOf(here)
  expect(
    parts
      .flat()
      .map(({ file }) => file)
      .sort(),
  ).toEqual([...files.map((file) => join(here, file)), join('loose', 'a.jpg')].sort())
  for (const part of parts) expect(part.length).toBeGreaterThan(60)
  const keysOf = (all: readonly ListedPicture[][]) => all.map((part) => part.map(({ key }) => key))
  expect(keysOf(await shardsOf(there))).toEqual(keysOf(parts))
})
