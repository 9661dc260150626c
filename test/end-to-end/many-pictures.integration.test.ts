import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createRandom } from '../../src/math/random.js'
import { extend, mainFile } from '../cli/spawn.js'
import { tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

// `extend predict --out` as it ships, in processes that are killed.

const pictures = 1500
let place: TinyPlace

beforeAll(async () => {
  place = tinyPlace(mkdtempSync(join(tmpdir(), 'nplusk-')))
  await place.add({ add: [await place.draw('added', { red: 4, blue: 4 })], augment: 0 })
  await place.draw('drawn', { a: 20 })
  mkdirSync(place.path('photos'))
  for (let i = 0; i < pictures; i++) {
    linkSync(place.path('drawn', 'a', `${i % 20}.png`), place.path('photos', `${i}.png`))
  }
  expect(await run('whole.jsonl', '--quiet')).toMatchObject({ code: 0 })
})
afterAll(() => rmSync(place.path(), { recursive: true }))

const args = (out: string, ...more: string[]) => ['predict', 'photos', '--model', 'bundle', '--out', out, ...more]
const run = (out: string, ...more: string[]) => extend(args(out, ...more), { cwd: place.path() })
const start = (out: string) =>
  spawn(process.execPath, [mainFile, ...args(out, '--resume', '--quiet')], { cwd: place.path() })
const size = (file: string) => statSync(place.path(file), { throwIfNoEntry: false })?.size ?? 0

test('killed at random instants and gone on with, a file becomes what an undisturbed run writes', async () => {
  const whole = readFileSync(place.path('whole.jsonl'))
  const names = whole
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { file: string }).file)
  expect(new Set(names).size).toBe(pictures)
  const random = createRandom('kills')
  for (let kill = 0; kill < 4; kill++) {
    const child = start('killed.jsonl')
    const ended = once(child, 'exit')
    // A little after it has written more, or while it still takes up what is there.
    const before = size('killed.jsonl')
    const isEarly = random.next() < 0.3
    while (!isEarly && size('killed.jsonl') === before && child.exitCode === null) await setTimeout(5)
    await setTimeout(random.integer(300))
    child.kill('SIGKILL')
    await ended
    const bytes = readFileSync(place.path('killed.jsonl'), { flag: 'a+' })
    expect(bytes.equals(whole.subarray(0, bytes.length))).toBe(true)
  }
  // What a kill in the middle of a write leaves.
  writeFileSync(place.path('killed.jsonl'), whole.subarray(0, Math.floor(whole.length / 2) + 17))
  const { code, stdout } = await run('killed.jsonl', '--resume', '--json', '--quiet')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ file: 'killed.jsonl', images: pictures, unreadable: 0 })
  expect(readFileSync(place.path('killed.jsonl')).equals(whole)).toBe(true)
})

test('a path that does not exist ends the command before anything is written', async () => {
  const command = ['predict', 'photos', 'fotos', '--model', 'bundle', '--out', 'mistyped.jsonl', '--quiet']
  expect(await extend(command, { cwd: place.path() })).toMatchObject({
    code: 1,
    stderr: 'extend: There is no file or folder "fotos"; check the path.\n',
  })
  expect(existsSync(place.path('mistyped.jsonl'))).toBe(false)
})

test('Ctrl-C leaves whole lines, and says how to go on', async () => {
  const child = start('stopped.jsonl')
  const ended = once(child, 'exit')
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
  while (size('stopped.jsonl') === 0) await setTimeout(5)
  child.kill('SIGINT')
  expect(await ended).toEqual([130, null])
  const text = readFileSync(place.path('stopped.jsonl'), 'utf8')
  expect(text.endsWith('\n')).toBe(true)
  const lines = text.split('\n').length - 1
  expect(log).toBe(
    `extend: Interrupted; ${lines} answers are in stopped.jsonl: with --resume, the same command goes on from there.\n`,
  )
  expect(await run('stopped.jsonl', '--quiet')).toMatchObject({
    code: 1,
    stderr: 'extend: stopped.jsonl is there already; go on with it by --resume, or choose another --out.\n',
  })
  expect(await run('stopped.jsonl', '--resume', '--quiet')).toMatchObject({ code: 0 })
})

test('options that need a file say so', async () => {
  for (const option of [['--resume'], ['--shard', '1/2'], ['--queue', 'redis://127.0.0.1']]) {
    const { code, stderr } = await extend(['predict', 'photos', ...option], { cwd: place.path() })
    expect([code, stderr]).toEqual([2, expect.stringMatching(`^extend: ${option[0]} goes with --out`)])
  }
})

test('paths from the standard input, ended by NUL, are a list like any other', async () => {
  const input = [7, 3, 900].map((i) => `photos/${i}.png\0`).join('')
  const command = ['predict', '-0', '--model', 'bundle', '--out', 'list.jsonl', '--resume', '--quiet']
  for (let round = 0; round < 2; round++) {
    expect(await extend(command, { cwd: place.path(), input })).toMatchObject({ code: 0 })
    const lines = readFileSync(place.path('list.jsonl'), 'utf8').split('\n').slice(0, -1)
    const files = lines.map((line) => (JSON.parse(line) as { file: string }).file)
    expect(files).toEqual(['photos/7.png', 'photos/3.png', 'photos/900.png'])
  }
})

const mount = (dir: string) => spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'nplusk', dir]).status === 0
const canMount = (() => {
  const dir = mkdtempSync(join(tmpdir(), 'nplusk-'))
  const done = mount(dir)
  if (done) spawnSync('umount', [dir])
  rmSync(dir, { recursive: true })
  return done
})()
const onFullDisk = canMount ? describe : describe.skip

onFullDisk(`a disk that fills up${canMount ? '' : ' (skipped: this user may not mount)'}`, () => {
  test('ends the command, keeps whole lines, and with room it goes on', async () => {
    const whole = readFileSync(place.path('whole.jsonl'))
    const disk = place.path('disk')
    mkdirSync(disk)
    expect(mount(disk)).toBe(true)
    try {
      const { code, stderr } = await run('disk/a.jsonl', '--quiet')
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/^extend: Cannot write disk\/a\.jsonl: the disk is full; free some space and run again/),
      ])
      const kept = readFileSync(join(disk, 'a.jsonl'))
      expect(kept.equals(whole.subarray(0, kept.length))).toBe(true)
      expect(kept.length === 0 || kept.at(-1) === 0x0a).toBe(true)
      expect(spawnSync('mount', ['-o', 'remount,size=8m', disk]).status).toBe(0)
      expect(await run('disk/a.jsonl', '--resume', '--quiet')).toMatchObject({ code: 0 })
      expect(readFileSync(join(disk, 'a.jsonl')).equals(whole)).toBe(true)
    } finally {
      spawnSync('umount', [disk])
    }
  })
})
