import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { encodeModel } from '../../src/onnx/model.js'
import type { Evaluation } from '../../src/evaluation/evaluation.js'
import type { ExtendResult } from '../../src/workflow/extend.js'
import { extend, mainFile, type Outcome } from '../cli/spawn.js'
import { createRandom } from '../../src/math/random.js'
import { mobilenetV2 } from '../support/tiny-models/convolutional.js'

// Folders as people have them, through the program as it ships, on a tiny classifier and pictures that are made here.

const heic = resolve('../shared/data/odd/x.heic')
const scaling = ['--mean', '0.5', '--std', '0.5', '--channels', 'RGB']
const colours: Readonly<Record<string, string>> = { roses: '#c02040', tulips: '#e0a020', irises: '#4030b0' }

let cwd: string
let made = 0

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'nplusk-folders-'))
  writeFileSync(join(cwd, 'net.onnx'), encodeModel(mobilenetV2().model))
})

afterAll(() => rmSync(cwd, { recursive: true }))

const run = (args: readonly string[], input?: string) =>
  extend(args, { cwd, env: { NPLUSK_CACHE_DIR: join(cwd, 'cache') }, ...(input === undefined ? {} : { input }) })

/** A JPEG that is like no other, of about one colour; the same in every run, so that no two are alike by chance. */
async function picture(colour = '#808080'): Promise<Buffer> {
  made++
  const random = createRandom(`picture ${made}`)
  const noise = Uint8Array.from({ length: 40 * 32 * 3 }, () => Math.min(255, Math.max(0, 128 + 40 * random.normal())))
  const spots = sharp(noise, { raw: { width: 40, height: 32, channels: 3 } })
  const mark = {
    create: { width: 1 + (made % 20), height: 1 + Math.floor(made / 20), channels: 3, background: '#fff' },
  } as const
  const tint = { create: { width: 20, height: 32, channels: 3, background: colour } } as const
  return spots
    .composite([
      { input: tint, left: 0, top: 0 },
      { input: mark, left: 0, top: 0 },
    ])
    .jpeg()
    .toBuffer()
}

function write(file: string, content: Uint8Array | string): void {
  mkdirSync(dirname(join(cwd, file)), { recursive: true })
  writeFileSync(join(cwd, file), content)
}

/** Class folders in a folder, with pictures in each. */
async function classes(folder: string, names = ['roses', 'tulips'], images = 6): Promise<string> {
  for (const name of names) {
    for (let i = 1; i <= images; i++) write(join(folder, name, `${i}.jpg`), await picture(colours[name]))
  }
  return folder
}

function adding(folder: string, ...more: string[]): Promise<Outcome> {
  const out = `bundle-of-${folder.replaceAll('/', '-')}`
  return run([
    '--add',
    folder,
    '--model',
    'net.onnx',
    ...scaling,
    '--rehearsal',
    'none',
    '--out',
    out,
    '--quiet',
    ...more,
  ])
}

async function added(folder: string): Promise<ExtendResult> {
  const { code, stdout, stderr } = await adding(folder, '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const result = JSON.parse(stdout) as ExtendResult
  const { given, used, unreadable, duplicate, passedOver } = result.images
  expect(used + unreadable + duplicate + passedOver).toBe(given)
  return result
}

/** One sentence on the standard error stream, and nothing else. */
function expectRefusal({ code, stdout, stderr }: Outcome, message: string): void {
  expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: `extend: ${message}\n` })
}

describe('layouts', () => {
  test.each([
    ['train', 'val', 'test'],
    ['Training', 'VALIDATION', 'Test'],
    ['seg_train', 'valid2017', 'seg_test'],
  ])('parts of a data set stop with what to type: %s, %s, %s', async (train, val, last) => {
    const folder = `split-${train}`
    for (const part of [train, val, last]) await classes(join(folder, part), undefined, 1)
    const parts = [train, val, last].sort().map((name) => `"${name}"`)
    const named = `"${folder}" holds the parts ${parts[0]}, ${parts[1]} and ${parts[2]} of a data set and no class folders`
    expectRefusal(
      await adding(folder),
      `${named}; type "extend --add ${folder}/${train}", then "extend evaluate ${folder}/${val}".`,
    )
    expectRefusal(
      await run(['evaluate', folder, '--model', 'net.onnx']),
      `${named}; type "extend evaluate ${folder}/${val}".`,
    )
    expect(existsSync(join(cwd, `bundle-of-${folder}`))).toBe(false)
  })

  test('one folder around the class folders is gone into, and this is said', async () => {
    await classes('wrapped/flowers')
    write('wrapped/README.md', 'about flowers')
    write('wrapped/__MACOSX/flowers/._1.jpg', 'x')
    const result = await added('wrapped')
    expect(result.increment.labels).toEqual(['roses', 'tulips'])
    expect(result.warnings).toContain(
      'The class folders are taken from "wrapped/flowers", the only folder with pictures in "wrapped".',
    )
    expect(result.passedOver).toEqual([{ kind: 'text file', count: 1, files: ['wrapped/README.md'] }])
  })

  test('folders of folders of pictures stop with what to type', async () => {
    await classes('nested/flowers', undefined, 1)
    await classes('nested/trees', ['ash', 'oak'], 1)
    expectRefusal(
      await adding('nested'),
      'In "nested", folders hold folders of pictures in place of pictures: "flowers" ("roses" and "tulips"), "trees" ("ash" and "oak"); type "extend --add nested/flowers --add nested/trees" for the classes in them; to make it one class, put the pictures of its folders into it.',
    )
  })

  test('one empty class folder is a warning', async () => {
    await classes('gap')
    mkdirSync(join(cwd, 'gap', 'lilies'))
    const result = await added('gap')
    expect(result.increment.labels).toEqual(['roses', 'tulips'])
    expect(result.warnings).toContain('No picture in the class folder "gap/lilies", which is left out.')
  })
})

describe('files', () => {
  test('pictures are known by their content; what is none is counted by kind; all adds up', async () => {
    await classes('odd', undefined, 3)
    const names = ['a.HEIC', 'b.bmp', 'c.jp2', 'd', 'e.jpg_large', 'f.jpeg?w=1024', 'g.jpg ', 'h.txt']
    for (const name of names) write(join('odd/roses', name), await picture(colours.roses))
    write('odd/roses/layers.psd', '8BPS\0\x01 and so on')
    write('odd/roses/notes.txt', 'rose notes')
    write('odd/tulips/clip.mov', '\0\0\0\x14ftypqt  \0\0\0\0qt  ')
    write('odd/tulips/Thumbs.db', 'x')
    write('odd/tulips/@eaDir/1.jpg/SYNOPHOTO_THUMB_M.jpg', await picture())
    write('odd/beside.jpg', await picture())
    const result = await added('odd')
    expect(result.images).toEqual({ given: 18, used: 14, unreadable: 1, duplicate: 0, passedOver: 3 })
    expect(result.passedOver).toEqual([
      { kind: 'picture beside the class folders', count: 1, files: ['odd/beside.jpg'] },
      { kind: 'text file', count: 1, files: ['odd/roses/notes.txt'] },
      { kind: 'video', count: 1, files: ['odd/tulips/clip.mov'] },
    ])
    expect(result.warnings).toEqual(
      expect.arrayContaining([
        '1 picture beside the class folders belongs to no class ("odd/beside.jpg"); put it into a class folder.',
        'Cannot use "odd/roses/layers.psd": its format (Photoshop) is not read here; convert it to JPEG or PNG, or remove it.',
      ]),
    )

    const { stdout } = await adding('odd', '--out', 'told')
    expect(stdout).toContain('\nPassed over: 1 picture beside the class folders, 1 text file, 1 video\n')

    const bundle = ['--model', 'bundle-of-odd']
    const evaluated = await run(['evaluate', 'odd', ...bundle, '--json', '--quiet'])
    const { count, passedOver, warnings } = JSON.parse(evaluated.stdout) as Evaluation
    expect({ count, passedOver }).toEqual({ count: 14, passedOver: result.passedOver })
    expect(warnings).toHaveLength(1)

    const predicted = await run(['predict', 'odd/tulips', ...bundle, '--json'])
    expect(predicted.code).toBe(0)
    expect(predicted.stderr).toMatch(/^Passed over: 1 video\n {2}video: odd\/tulips\/clip\.mov\n$/m)
    expect(predicted.stdout.trimEnd().split('\n')).toHaveLength(3)
  })

  test('four bad files at once have each its own reason', async () => {
    await classes('bad')
    const whole = await picture()
    const png = await sharp(whole).png().toBuffer()
    png[png.length >> 1]! ^= 0xff
    const files: Record<string, Uint8Array | string> = {
      'cut.jpg': whole.subarray(0, whole.length / 2),
      'flipped.png': png,
      'cut.webp': (await sharp(whole).webp().toBuffer()).subarray(0, 60),
      'cut.gif': (await sharp(whole).gif().toBuffer()).subarray(0, 40),
    }
    for (const [name, content] of Object.entries(files)) write(join('bad/roses', name), content)
    const { warnings, images } = await added('bad')
    expect(images.unreadable).toBe(4)
    const reasonOf = (name: string) =>
      warnings.flatMap((warning) => warning.split(`"bad/roses/${name}": it is damaged (`)[1] ?? [])
    expect(reasonOf('cut.jpg')).toEqual([expect.stringMatching(/JPEG/)])
    expect(reasonOf('flipped.png')).toEqual([expect.stringMatching(/png/i)])
    expect(reasonOf('cut.webp')).toEqual([expect.stringMatching(/webp/i)])
    expect(reasonOf('cut.gif')).toEqual([expect.stringMatching(/gif/i)])
  })

  test('a picture in two classes is left out of both, a copy in one class counts once; few pictures are warned of', async () => {
    await classes('twice', ['irises', 'roses', 'tulips'], 6)
    const both = await picture()
    write('twice/roses/both.jpg', both)
    write('twice/tulips/same.jpg', both)
    write('twice/roses/copy.jpg', readFileSync(join(cwd, 'twice/roses/1.jpg')))
    write('twice/lonely/1.jpg', await picture())
    const result = await added('twice')
    expect(result.images).toEqual({ given: 22, used: 19, unreadable: 0, duplicate: 3, passedOver: 0 })
    expect(result).toMatchObject({ nearDuplicates: 0, known: 0, inSeveralClasses: 2 })
    expect(result.warnings).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^A picture lies in several classes and is left out, .*: "twice\/roses\/both\.jpg" and "twice\/tulips\/same\.jpg"; keep it in the right one alone\.$/,
        ),
        expect.stringMatching(/^Few pictures: "lonely" 1; where there is but one, the held-out figures say nothing/),
      ]),
    )
  })

  test('pipes and sockets among the pictures do not hang', async () => {
    await classes('pipes')
    execFileSync('mkfifo', [join(cwd, 'pipes/roses/a.jpg'), join(cwd, 'pipes/tulips/b')])
    expect((await added('pipes')).passedOver).toEqual([
      { kind: 'pipe', count: 2, files: ['pipes/roses/a.jpg', 'pipes/tulips/b'] },
    ])
    const predicted = await run(['predict', 'pipes/roses/a.jpg', '--model', 'bundle-of-pipes', '--quiet'])
    expect(predicted.stderr).toContain(
      'Cannot use "pipes/roses/a.jpg": it is a pipe and no file; save the picture to a file.',
    )
  })

  const withHeic = existsSync(heic) ? test : test.skip
  withHeic(`HEIC is read${existsSync(heic) ? '' : ' (skipped: ../shared is not here)'}`, async () => {
    await classes('phone')
    write('phone/roses/IMG_0001.HEIC', readFileSync(heic))
    write('phone/roses/IMG_0002.HEIC', readFileSync(heic).subarray(0, 30_000))
    const { images, warnings } = await added('phone')
    expect(images).toEqual({ given: 14, used: 13, unreadable: 1, duplicate: 0, passedOver: 0 })
    expect(warnings).toContainEqual(expect.stringMatching(/IMG_0002\.HEIC": it is damaged \(/))
  })
})

describe('the standard input of predict', () => {
  const predict = ['predict', '-', '--model', 'bundle-of-input', '--json', '--quiet']
  let file: string

  beforeAll(async () => {
    await classes('input')
    await added('input')
    file = 'input/roses/1.jpg'
  })

  const filesOf = ({ stdout }: Outcome) =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { file: string }).file)

  test('a byte order mark and ends of line as Windows has them', async () => {
    const outcome = await run(predict, `\ufeff${file}\r\ninput/tulips/1.jpg\r\n`)
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    expect(filesOf(outcome)).toEqual([file, 'input/tulips/1.jpg'])
  })

  test('NUL between paths', async () => {
    write('input/roses/a\nb.jpg', await picture())
    const outcome = await run([...predict, '-0'], `${file}\0input/roses/a\nb.jpg\0`)
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    expect(filesOf(outcome)).toEqual([file, 'input/roses/a\nb.jpg'])
    expect(filesOf(await run(['predict', '-0', ...predict.slice(2)], `${file}\0`))).toEqual([file])
    expectRefusal(
      await run(predict, `${file}\0`),
      'The standard input holds NUL characters, where paths are expected; give it paths, one a line (or -0 for those of "find -print0"), or save a picture to a file and name that.',
    )
  })

  test('the bytes of a picture, and an endless stream', async () => {
    for (const [input, fault] of [
      [file, 'is a picture (JPEG)'],
      ['/dev/zero', 'holds NUL characters'],
    ] as const) {
      const stdin = openSync(resolve(cwd, input), 'r')
      const child = spawn(process.execPath, [mainFile, ...predict], { cwd, stdio: [stdin, 'pipe', 'pipe'] })
      closeSync(stdin)
      const [stdout, stderr, [code]] = await Promise.all([
        text(child.stdout!),
        text(child.stderr!),
        once(child, 'close') as Promise<[number]>,
      ])
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(new RegExp(`^extend: The standard input ${fault.replace(/[()]/g, '\\$&')}, .*\\.\n$`))
    }
  })

  const full = existsSync('/dev/full') ? test.each : test.skip.each
  full([
    [['classes', '--model', 'bundle-of-input']],
    [['predict', 'input/roses/1.jpg', '--model', 'bundle-of-input']],
    [['evaluate', 'input', '--model', 'bundle-of-input']],
    [['--help']],
    [['--version']],
    [['doctor']],
  ])('an output that takes nothing ends in one sentence: %j', async (args) => {
    const stdout = openSync('/dev/full', 'w')
    const child = spawn(process.execPath, [mainFile, ...args, '--quiet'], { cwd, stdio: ['ignore', stdout, 'pipe'] })
    closeSync(stdout)
    const [stderr, [code]] = await Promise.all([text(child.stderr!), once(child, 'close') as Promise<[number]>])
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'extend: Cannot write to the standard output: the disk is full; free some space and run again.\n',
    })
  })
})
