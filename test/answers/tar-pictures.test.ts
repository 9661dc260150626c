import { spawnSync } from 'node:child_process'
import {
  linkSync,
  mkdirSync,
  openSync,
  closeSync,
  ftruncateSync,
  writeSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { pack as packStream, type Pack } from 'tar-stream'
import { listedPictures } from '../../src/answers/listed-pictures.js'
import type { PassedOver } from '../../src/folders/passed-over.js'
import { createRandom } from '../../src/math/random.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()
const path = (...names: string[]) => join(folder(), ...names)

const hasTar = /GNU tar/.test(spawnSync('tar', ['--version'], { encoding: 'utf8' }).stdout ?? '')
const withTar = hasTar ? describe : describe.skip
const orSkipped = hasTar ? '' : ' (skipped: GNU tar is not installed)'

const random = createRandom('tar')
const noise = (length: number) => Buffer.from(Array.from({ length }, () => random.integer(256)))
const jpeg = (length: number) => Buffer.concat([Buffer.from('\xff\xd8\xff', 'latin1'), noise(length)])

/** Makes files below a folder and packs them in the order given. */
function pack(files: Readonly<Record<string, Uint8Array | string>>, ...options: string[]): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path('in', name, '..'), { recursive: true })
    writeFileSync(path('in', name), content)
  }
  return packed(Object.keys(files), ...options)
}

function packed(names: readonly string[], ...options: string[]): string {
  const archive = path('photos.tar')
  const { status, stderr } = spawnSync('tar', ['-C', path('in'), '-cf', archive, ...options, '--', ...names])
  expect([status, String(stderr)]).toEqual([0, ''])
  return archive
}

type Read = readonly [name: string, content: string]

/** Contents are compared as text, since jest takes seconds over large buffers. */
const text = (content: Uint8Array | string) => Buffer.from(content).toString('base64')

/** Names behind the archive's, each with its content, or with the reason why there is none. */
async function read(archive: string, wanted: (file: string) => boolean = () => true) {
  const pictures: Read[] = []
  const passedOver: PassedOver[] = []
  for await (const { file, content } of listedPictures([archive], (some) => passedOver.push(...some))) {
    const name = file.slice(archive.length + 1)
    if (!wanted(name)) continue
    pictures.push([name, await content!().then(text, (error: Error) => error.message)])
  }
  return { pictures, passedOver: passedOver.map(({ file, kind }) => [file.slice(archive.length + 1), kind]) }
}

withTar(`the pictures in a tar file${orSkipped}`, () => {
  const sample = () => ({
    '0000.jpg': jpeg(70_000),
    '0000.cls': '3',
    '0000.json': '{"caption":"a cat"}',
    '0001.seg.png': noise(10),
    'empty.webp': '',
    // What is a picture is told by its content where its name does not say.
    'deep/er/picture': jpeg(513),
    '.hidden.jpg': jpeg(5),
    '._0000.jpg': jpeg(5),
    '__MACOSX/x.jpg': jpeg(5),
    '@eaDir/y.jpg': jpeg(5),
  })

  test('are its members of such names or content, in its order; the others are passed over', async () => {
    const files = sample()
    const { pictures, passedOver } = await read(pack(files))
    const names = ['0000.jpg', '0001.seg.png', 'empty.webp', 'deep/er/picture'] as const
    expect(pictures).toEqual(names.map((name) => [name, text(files[name])]))
    expect(passedOver).toEqual([
      ['0000.cls', 'text file'],
      ['0000.json', 'text file'],
      ['.hidden.jpg', 'hidden file'],
    ])
  })

  test('need not be read to come to the next', async () => {
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}.jpg`, jpeg(i * 701)]))
    const { pictures } = await read(pack(files), (name) => /[05]\.jpg$/.test(name))
    expect(pictures.map(([name]) => name)).toEqual(Object.keys(files).filter((name) => /[05]\.jpg$/.test(name)))
    for (const [name, content] of pictures) expect(content).toBe(text(files[name]!))
  })

  test.each([['v7'], ['ustar'], ['oldgnu'], ['gnu'], ['posix']])('are the same in the format %s', async (format) => {
    const files = sample()
    const { pictures } = await read(pack(files, `--format=${format}`))
    expect(pictures.map(([name]) => name)).toEqual(['0000.jpg', '0001.seg.png', 'empty.webp', 'deep/er/picture'])
    expect(pictures[0]![1]).toBe(text(files['0000.jpg']))
  })

  test.each([['gnu'], ['posix']])('have names as long as they like in the format %s', async (format) => {
    const name = `${'ordner-ä/'.repeat(20)}${'x'.repeat(200)}.jpg`
    const content = jpeg(600)
    expect((await read(pack({ [name]: content }, `--format=${format}`))).pictures).toEqual([[name, text(content)]])
  })

  test('in folders, with links, are those that are files; names have no ./ in front', async () => {
    const content = jpeg(1000)
    pack({ 'a/b.jpg': content })
    linkSync(path('in', 'a', 'b.jpg'), path('in', 'a', 'c.jpg'))
    symlinkSync('b.jpg', path('in', 'a', 'd.jpg'))
    const { pictures, passedOver } = await read(packed(['.'], '--sort=name'))
    expect(pictures).toEqual([['a/b.jpg', text(content)]])
    expect(passedOver).toEqual([
      ['a/c.jpg', 'link'],
      ['a/d.jpg', 'link'],
    ])
  })

  test.each([
    ['gnu', []],
    ['posix', ['--sparse-version=0.0']],
    ['posix', ['--sparse-version=0.1']],
    ['posix', ['--sparse-version=1.0']],
  ])('that are stored as sparse files (%s %j) are named, and those behind them read', async (format, options) => {
    const last = jpeg(2000)
    pack({ 'a.jpg': 'x', 'z.jpg': last })
    const file = openSync(path('in', 'a.jpg'), 'w')
    writeSync(file, jpeg(3), 0, 6, 0)
    ftruncateSync(file, 2 ** 20)
    closeSync(file)
    const { pictures } = await read(packed(['a.jpg', 'z.jpg'], '--sparse', `--format=${format}`, ...options))
    expect(pictures).toEqual([
      ['a.jpg', expect.stringMatching(/a\.jpg": it is stored as a sparse file; pack the archive again/)],
      ['z.jpg', text(last)],
    ])
  })

  test('compressed by gzip are the same, whatever the name says', async () => {
    const files = sample()
    const archive = pack(files)
    const plain = await read(archive)
    writeFileSync(archive, gzipSync(readFileSync(archive)))
    expect(await read(archive)).toEqual(plain)
    const half = readFileSync(archive)
    const both = path('both.tgz')
    // Two gzip files behind each other are one, to gzip.
    const whole = gunzipSync(half)
    writeFileSync(both, Buffer.concat([gzipSync(whole.subarray(0, 3000)), gzipSync(whole.subarray(3000))]))
    expect((await read(both)).pictures).toEqual(plain.pictures)
  })

  test('cut off at any block, are read up to there, and the archive says that it ends too early', async () => {
    const files = { 'a.jpg': jpeg(2000), 'b.jpg': jpeg(1500) }
    const archive = pack(files)
    const whole = readFileSync(archive)
    // Headers at 0 and 2560, contents up to 2515 and 4575.
    for (const length of [100, 512, 1000, 2560, 2700, 3072, 4000]) {
      writeFileSync(archive, whole.subarray(0, length))
      const { pictures } = await read(archive)
      const contents = Object.fromEntries(pictures)
      if (length >= 2560) expect(contents['a.jpg']).toBe(text(files['a.jpg']))
      else if (length >= 512) expect(contents['a.jpg']).toMatch(/its archive is damaged there/)
      expect(typeof contents['b.jpg']).toBe(length >= 3072 ? 'string' : 'undefined')
      // A cut between two members cannot be told from an end.
      if (length !== 2560) expect(contents['']).toMatch(/photos\.tar": it ends too early/)
      // The same list where nothing is read, as when a run is gone on with.
      const names: string[] = []
      for await (const { file } of listedPictures([archive])) names.push(file.slice(archive.length + 1))
      expect(names).toEqual(pictures.map(([name]) => name))
    }
  })

  test('too large ones are named, and do not fill the memory', async () => {
    const archive = pack({ 'z.jpg': jpeg(20) })
    // A header that promises 130 MB, and as many zeros behind it, compressed to almost nothing.
    mkdirSync(path('in'), { recursive: true })
    const file = openSync(path('in', 'bomb.jpg'), 'w')
    ftruncateSync(file, 130 * 2 ** 20)
    closeSync(file)
    packed(['bomb.jpg', 'z.jpg'], '--gzip')
    const before = process.memoryUsage().rss
    const { pictures } = await read(archive)
    expect(pictures.map(([name]) => name)).toEqual(['bomb.jpg', 'z.jpg'])
    expect(pictures[0]![1]).toMatch(/bomb\.jpg": it has more than 134 MB; unpack it/)
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20)
  })

  test('are those outside the archive too, whose names lead there', async () => {
    pack({ 'x.jpg': jpeg(900), 'a/y.jpg': jpeg(700), 'z.jpg': jpeg(5) })
    const archive = packed(['x.jpg', 'a/y.jpg', 'z.jpg'], '-P', '--transform=s,^x,../../etc/x,;s,^a/y,a/../../y,')
    const { pictures, passedOver } = await read(archive)
    expect(pictures.map(([name]) => name)).toEqual(['../../etc/x.jpg', 'a/../../y.jpg', 'z.jpg'])
    expect(pictures[0]![1]).toBe(text(readFileSync(path('in', 'x.jpg'))))
    expect(passedOver).toEqual([])
  })

  test('where there are none, the archive is passed over, and the others are read', async () => {
    const none = path('none.tar')
    renameSync(pack({ 'a.txt': 'text' }), none)
    const archive = pack({ 'b.jpg': jpeg(30) })
    const passedOver: PassedOver[] = []
    const files: string[] = []
    for await (const { file } of listedPictures([none, archive], (some) => passedOver.push(...some))) files.push(file)
    expect(files).toEqual([`${archive}/b.jpg`])
    expect(passedOver).toEqual([
      { file: `${none}/a.txt`, kind: 'text file' },
      { file: none, kind: 'archive without pictures' },
    ])
  })

  test('where there are none at all, an error says what there is', async () => {
    await expect(read(pack({ 'a.txt': 'text', 'b.txt': 'text' }))).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringMatching(
        /^No picture in ".*photos\.tar" \(but 2 text files\); give a tar file that holds pictures/,
      ),
    })
  })
})

test.each([
  ['text', 'no tar file at all, and longer than a block of one. '.repeat(30)],
  ['noise', noise(5000)],
  ['gzip that is damaged', Buffer.concat([gzipSync(noise(5000)).subarray(0, 2000), noise(3000)])],
])('a file of %s says that it is no tar file or damaged', async (_, content) => {
  writeFileSync(path('odd.tar'), content)
  const { pictures } = await read(path('odd.tar'))
  expect(pictures).toEqual([['', expect.stringMatching(/^Cannot use ".*odd\.tar": .*; get it again, or remove it\.$/)]])
})

async function bytesOf(made: Pack): Promise<Buffer> {
  made.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of made) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** A tar file of one picture with a field of its header changed, and a picture behind it. */
async function withField(at: number, content: Uint8Array, size = 'content'): Promise<Buffer> {
  const made = packStream()
  made.entry({ name: 'a.jpg' }, size)
  made.entry({ name: 'b.jpg' }, 'behind')
  const archive = await bytesOf(made)
  archive.set(content, at)
  archive.fill(' ', 148, 156)
  const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return archive
}

// The library that reads archives waits for ever for the end of these, and the process ended without a word.
test.each<readonly [string, () => Promise<Buffer>]>([
  ['a length that is no number', () => withField(124, Buffer.from('c280'.padEnd(24, '0'), 'hex'))],
  ['a negative length', () => withField(124, Buffer.alloc(12, 0xff))],
  ['a folder of some length', () => withField(156, Buffer.from('5'))],
  ['a member that goes on behind the end', async () => (await withField(0, Buffer.from('a'))).subarray(0, 515)],
  ['a header that is cut off', async () => (await withField(0, Buffer.from('a'))).subarray(0, 1100)],
])('a tar file with %s is read as far as it goes, and then says so', async (_, archive) => {
  writeFileSync(path('odd.tar'), await archive())
  const { pictures } = await read(path('odd.tar'))
  expect(pictures.at(-1)).toEqual([
    '',
    expect.stringMatching(/odd\.tar": it (ends too early|is no tar file, or damaged);/),
  ])
})

test('the shard of a damaged one goes by its name, wherever it lies', async () => {
  const keys: string[] = []
  for (const place of ['here', 'there']) {
    mkdirSync(path(place))
    writeFileSync(path(place, 'odd.tar'), noise(5000))
    for await (const { key } of listedPictures([path(place, 'odd.tar')])) keys.push(key)
  }
  expect(keys).toEqual(['odd.tar', 'odd.tar'])
})

test('a file of a few bytes behind a name is told of in words of ours', async () => {
  const archive = await withField(0, Buffer.from('picture\0'), 'xyz')
  writeFileSync(path('odd.tar'), archive.subarray(0, 514))
  const { pictures } = await read(path('odd.tar'))
  expect(pictures).toEqual([['', expect.stringMatching(/odd\.tar": it ends too early; get it again/)]])
})

test.each([
  ['has no bytes', Buffer.alloc(0)],
  ['has zeros only, as tar makes it of no files', Buffer.alloc(10240)],
])('a tar file that %s has no picture, and is none', async (_, content) => {
  writeFileSync(path('empty.tar'), content)
  await expect(read(path('empty.tar'))).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringMatching(/^No picture in ".*empty\.tar"; give a tar file/),
  })
})

test('a compressed one that is cut off gives the same list however slowly it is read, and then says so', async () => {
  const made = packStream()
  for (let i = 0; i < 150; i++) made.entry({ name: `${i}.jpg` }, Buffer.concat(Array<Buffer>(3).fill(noise(1000))))
  const whole = gzipSync(await bytesOf(made))
  const archive = path('many.tgz')
  const names = async (wait: () => Promise<unknown>) => {
    const found: string[] = []
    for await (const { file } of listedPictures([archive])) {
      found.push(file.slice(archive.length + 1))
      await wait()
    }
    return found
  }
  for (const share of [0.1, 0.3, 0.5, 0.6, 0.7, 0.9]) {
    writeFileSync(archive, whole.subarray(0, Math.floor(whole.length * share)))
    const atOnce = await names(() => Promise.resolve())
    const slowly = await names(async () => {
      for (let turn = 0; turn < 5; turn++) await setImmediate()
    })
    expect(slowly).toEqual(atOnce)
    expect(atOnce.length).toBeGreaterThan(100 * share)
    expect(atOnce.at(-1)).toBe('')
  }
  const { pictures } = await read(archive)
  expect(pictures.at(-1)).toEqual(['', expect.stringMatching(/many\.tgz": it ends too early; get it again/)])
  expect(pictures.slice(0, -2).every(([, content]) => content.length === 4000)).toBe(true)
})

test('a tar file that is not there is named', async () => {
  const { pictures } = await read(path('none.tar'))
  expect(pictures).toEqual([['', `There is no file "${path('none.tar')}"; check the path.`]])
})
