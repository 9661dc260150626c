import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Label } from '../../src/bundle/manifest.js'
import { extendModel, type ExtendResult } from '../../src/workflow/extend.js'
import type { Outcome } from '../cli/spawn.js'
import { contentsOf, fixtures, openWorkplace, temporaryFilesIn, type Workplace } from './workplace.js'

const poppies = join(fixtures, 'flowers', 'poppy')

let place: Workplace
let bundle: string
let before: Record<string, string>

beforeAll(async () => {
  place = openWorkplace()
  bundle = place.path('extended')
  await place.json(['--add', place.flowers('flowers', { poppy: 4, snowdrop: 4 })])
  before = contentsOf(bundle)
})

afterAll(() => place.remove())

/** A folder of classes, each with files of these contents. */
function folderOf(
  name: string,
  classes: Readonly<Record<string, Readonly<Record<string, Uint8Array | string>>>>,
): string {
  mkdirSync(place.path(name))
  for (const [label, files] of Object.entries(classes)) {
    mkdirSync(place.path(name, label))
    for (const [file, content] of Object.entries(files)) writeFileSync(place.path(name, label, file), content)
  }
  return name
}

/** Some whole poppies, as content. */
function pictures(count: number, first = 0): Record<string, Uint8Array> {
  const names = readdirSync(poppies)
    .sort()
    .slice(first, first + count)
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(poppies, name))]))
}

function truncated(): Uint8Array {
  const whole = readFileSync(join(poppies, '12.jpg'))
  return whole.subarray(0, whole.length / 2)
}

/** A PNG that says it is 30,000 x 30,000 and of one grey, without the megabytes. */
function hugePng(): Uint8Array {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(30_000, 0)
  header.writeUInt32BE(30_000, 4)
  header.writeUInt8(8, 8)
  const rows = deflateSync(Buffer.alloc(30_001 * 30_000), { level: 1 })
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))])
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  framed.set(body, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}

/** One sentence, no stack, the right exit code; and the bundle is what it was. */
function expectRefusal({ code, stdout, stderr }: Outcome, exitCode: number, message: RegExp): void {
  expect({ code, stdout, stderr }).toEqual({ code: exitCode, stdout: '', stderr: expect.stringMatching(message) })
  expect(stderr).toMatch(/^extend: \S.*\.\n$/)
  expect(stderr).not.toMatch(/Unexpected error|\bat .*:\d+:\d+/)
  expect(contentsOf(bundle)).toEqual(before)
  expect(temporaryFilesIn(place.folder)).toEqual([])
}

describe('what cannot be added is refused, and the bundle stays as it was', () => {
  const cases: [string, () => string[], RegExp][] = [
    ['a folder that is not there', () => ['nowhere'], /There is no folder "nowhere"; check the path/],
    [
      'an empty folder',
      () => [folderOf('empty', {})],
      /No picture in "empty"; put in one folder per class with pictures \(JPEG, /,
    ],
    [
      'a folder of text files',
      () => [folderOf('texts', { notes: { 'a.txt': 'a', 'b.md': 'b' } })],
      /No picture in "texts" \(but 2 text files\); /,
    ],
    [
      'text that is called a picture',
      () => [folderOf('disguised', { notes: { 'a.jpg': 'not a picture' } })],
      /No image of the class "notes" can be used: Cannot use "disguised\/notes\/a\.jpg": it is not a JPEG, .*; replace or remove it/,
    ],
    [
      'a class whose only JPEG is cut off',
      () => [folderOf('cut', { whole: pictures(2), half: { 'half.jpg': truncated() } })],
      /No image of the class "half" can be used: Cannot use "cut\/half\/half\.jpg": it is damaged \(.*\); replace or remove it/,
    ],
    [
      'a PNG of 30,000 x 30,000',
      () => [folderOf('huge', { sky: { 'huge.png': hugePng() } })],
      /No image of the class "sky" can be used: Cannot use "huge\/sky\/huge\.png": it has more than 268 megapixels; replace/,
    ],
    [
      'two folders that have one class',
      () => [folderOf('one', { rose: pictures(1) }), '--add', folderOf('two', { rose: pictures(1, 1) })],
      /Two of the folders to add have a class "rose"; rename one/,
    ],
    ['a file', () => [join(poppies, '01.jpg')], /01\.jpg" is not a folder; /],
    [
      'a name that is taken',
      () => ['flowers', '--name', 'flowers'],
      /already has an increment "flowers"; give another --name/,
    ],
    [
      'a name with a slash',
      () => ['flowers', '--name', 'a/b'],
      /The name "a\/b" holds a slash, a backslash or a control/,
    ],
    [
      'the name of the old classes',
      () => ['flowers', '--name', 'base'],
      /The name "base" stands for the old classes; give/,
    ],
    ['a name that is empty', () => ['flowers', '--name', ''], /empty/],
    [
      'a model that is not known',
      () => ['flowers', '--model', 'inception', '--out', 'x'],
      /no known model "inception"; .*inception-v3/,
    ],
    [
      'old images that are not there',
      () => ['flowers', '--name', 'f', '--rehearsal', 'nowhere'],
      /There is no folder "nowhere"/,
    ],
    [
      'a place where other things are',
      () => ['flowers', '--out', 'flowers'],
      /flowers holds other files and no bundle; choose another --out/,
    ],
    [
      'a place that is a file',
      () => ['flowers', '--out', join(poppies, '01.jpg')],
      /01\.jpg is a file; choose another --out/,
    ],
  ]

  test.each(cases)('%s', async (_, add, message) => {
    expectRefusal(await place.run(['--add', ...add(), '--quiet']), 1, message)
  })

  test('wrong usage ends with 2', async () => {
    expectRefusal(
      await place.run(['--add', 'flowers', '--max-old-drop', '2']),
      2,
      /'2' is invalid: it must be a fraction/,
    )
    expectRefusal(await place.run(['--add', 'flowers', '--fast']), 2, /Unknown option '--fast'/)
    expectRefusal(await place.run(['ad', 'flowers']), 2, /There is no command "ad"/)
  })

  test('a device that is not there ends with 3', async () => {
    const { providers } = await place.json<{ providers: { name: string; available: boolean }[] }>(['doctor'])
    if (providers.some(({ name, available }) => name === 'cuda' && available)) return
    const asked = ['--add', 'flowers', '--name', 'f', '--device', 'cuda', '--quiet']
    expectRefusal(await place.run(asked), 3, /^extend: The CUDA execution provider cannot be loaded: .*; .*\n$/)
  })

  test('a label with a slash, which no folder can give but a program can', async () => {
    const add = [place.path('flowers')]
    const asked = extendModel({ add, model: bundle, name: 'a/b', cacheDir: place.cacheDir })
    await expect(asked).rejects.toMatchObject({ name: 'NpluskError', code: 'BAD_INPUT' })
    expect(contentsOf(bundle)).toEqual(before)
  })

  test('the bundle still predicts', async () => {
    const { code, stdout } = await place.run(['predict', join(poppies, '12.jpg'), '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ predictions: [{ label: 'poppy' }, {}, {}, {}, {}] })
  })
})

describe('what is odd but in order', () => {
  test('quotes, emoji and 255 bytes in names; a picture cut off among whole ones is left out and told', async () => {
    const names = ['"quoted" \'twice\'', 'ü'.repeat(127) + 'x', '🌷 tulip']
    expect(Buffer.byteLength(names[1]!)).toBe(255)
    const odd = folderOf('odd', {
      [names[0]!]: pictures(3),
      [names[1]!]: pictures(3, 5),
      [names[2]!]: { ...pictures(2, 3), 'half.jpg': truncated(), '.hidden.jpg': 'x', 'notes.txt': 'x' },
    })
    const result = await place.json<ExtendResult>(['--add', odd, '--model', 'inception-v3', '--out', 'odd-bundle'])
    expect(result).toMatchObject({ classes: { added: 3, total: 1003 }, increment: { labels: names, images: 8 } })
    expect(result.warnings).toContainEqual(
      expect.stringMatching(/"odd\/🌷 tulip\/half\.jpg".*damaged.*replace or remove it/),
    )
    const { labels } = await place.json<{ labels: Label[] }>(['classes', '--model', 'odd-bundle'])
    expect(labels.slice(1000).map(({ label }) => label)).toEqual(names)
    const removal = await place.json<object>(['remove', names[0]!, '--model', 'odd-bundle'])
    expect(removal).toMatchObject({ removed: [names[0]], classes: { total: 1002 } })
  })

  test('predict and evaluate tell what they could not read, and go on', async () => {
    mkdirSync(place.path('mixed', 'poppy'), { recursive: true })
    writeFileSync(place.path('mixed', 'poppy', 'half.jpg'), truncated())
    cpSync(join(poppies, '01.jpg'), place.path('mixed', 'poppy', 'whole.jpg'))
    const { code, stdout, stderr } = await place.run(['predict', 'mixed', '--json', '--quiet'])
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'extend: 1 of 2 images could not be read; mend or remove it.\n',
    })
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(lines).toEqual([
      { file: 'mixed/poppy/half.jpg', error: expect.stringMatching(/"mixed\/poppy\/half\.jpg".*damaged/) },
      { file: 'mixed/poppy/whole.jpg', predictions: expect.anything() },
    ])
    const evaluation = await place.json<object>(['evaluate', 'mixed'])
    expect(evaluation).toMatchObject({ count: 1, new: { top1: 1 }, unreadable: [{ file: 'mixed/poppy/half.jpg' }] })
  })
})
