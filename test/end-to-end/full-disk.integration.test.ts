import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { modelFile } from '../../src/bundle/layout.js'
import type { Outcome } from '../cli/spawn.js'
import { contentsOf, fixtures, linkModels, openWorkplace, temporaryFilesIn, type Workplace } from './workplace.js'

// File systems that are full or read-only: permissions alone do not stop root.

const poppy = join(fixtures, 'flowers', 'poppy', '01.jpg')

function mount(folder: string, ...args: string[]): boolean {
  return spawnSync('mount', [...args, folder]).status === 0
}

function unmount(folder: string): void {
  spawnSync('umount', [folder])
}

const canMount = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  const done = mount(folder, '-t', 'tmpfs', 'nplusk')
  if (done) unmount(folder)
  rmSync(folder, { recursive: true })
  return done
})()
const describeMounts = canMount ? describe : describe.skip

describeMounts(`a disk that takes nothing${canMount ? '' : ' (skipped: this user may not mount)'}`, () => {
  let place: Workplace
  let disk: string

  beforeAll(async () => {
    place = openWorkplace()
    disk = place.path('disk')
    mkdirSync(disk)
    place.flowers('more', { orchid: 2, bluebell: 2 })
    await place.json(['--add', place.flowers('flowers', { poppy: 3, snowdrop: 3 }), '--out', 'whole'])
  })

  afterEach(() => unmount(disk))
  afterAll(() => place.remove())

  /** Mounts a disk with a copy of the bundle on it. */
  function diskWithBundle(megabytes: number): Record<string, string> {
    expect(mount(disk, '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'nplusk')).toBe(true)
    cpSync(place.path('whole'), join(disk, 'bundle'), { recursive: true })
    return contentsOf(join(disk, 'bundle'))
  }

  function expectFailure({ code, stdout, stderr }: Outcome, message: RegExp): void {
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(message) })
    expect(stderr).toMatch(/^extend: \S.*\.\n$/)
    expect(temporaryFilesIn(disk)).toEqual([])
  }

  async function expectWorking(before: Record<string, string>): Promise<void> {
    expect(contentsOf(join(disk, 'bundle'))).toEqual(before)
    const { code, stdout } = await place.run(['predict', poppy, '--model', 'disk/bundle', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ predictions: [{ label: 'poppy' }, {}, {}, {}, {}] })
  }

  const intoBundle = ['--add', 'more', '--model', 'disk/bundle', '--quiet']
  const full = 'the disk is full; free some space and run again\\.'
  const fullCache = 'the disk is full; free some space and run again, or name another cache folder with --cache-dir\\.'

  test('full while an old bundle is changed', async () => {
    // Files that stay as they are are not written again: what must not fit is the new model.
    const files = readdirSync(place.path('whole')).map((name) => statSync(place.path('whole', name)).size)
    const before = diskWithBundle(Math.ceil(files.reduce((sum, size) => sum + size, 0) / 2 ** 20) + 10)
    const { bavail, bsize } = statfsSync(disk)
    expect(bavail * bsize).toBeLessThan(statSync(place.path('whole', modelFile)).size)
    expectFailure(await place.run(intoBundle), new RegExp(`^extend: Cannot write the bundle .*disk/bundle: ${full}\n$`))
    await expectWorking(before)
    expectFailure(
      await place.run(['remove', 'poppy', '--model', 'disk/bundle', '--quiet']),
      new RegExp(`^extend: Cannot write the bundle .*disk/bundle: ${full}\n$`),
    )
    await expectWorking(before)
  })

  test('full while a new bundle is made', async () => {
    expect(mount(disk, '-t', 'tmpfs', '-o', 'size=20m', 'nplusk')).toBe(true)
    const outcome = await place.run(['--add', 'more', '--out', 'disk/new', '--quiet', '--model', 'inception-v3'])
    expectFailure(outcome, new RegExp(`^extend: Cannot write the bundle .*disk/new: ${full}\n$`))
    expect(Object.keys(contentsOf(disk))).toEqual([])
  })

  test.each([
    ['fills up', 1, 0],
    ['is full from the start', 1, 2 ** 20],
  ])('the cache %s', async (_, megabytes, filler) => {
    expect(mount(disk, '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'nplusk')).toBe(true)
    linkModels(join(disk, 'cache'))
    mkdirSync(join(disk, 'cache', 'bottlenecks'))
    try {
      writeFileSync(join(disk, 'filler'), Buffer.alloc(filler))
    } catch {
      // That is the point.
    }
    const outcome = await place.run([
      '--add',
      join(fixtures, 'flowers'),
      ...['--model', 'whole', '--name', 'all', '--cache-dir', join(disk, 'cache'), '--quiet'],
    ])
    expectFailure(
      outcome,
      new RegExp(`^extend: Cannot (open|write to) the bottleneck cache in .*bottlenecks: ${fullCache}\n$`),
    )
  })

  test('read-only', async () => {
    const before = diskWithBundle(130)
    expect(mount(disk, '-o', 'remount,ro')).toBe(true)
    const readOnly = 'the file system is read-only; choose another place\\.'
    expectFailure(
      await place.run(intoBundle),
      new RegExp(`^extend: Cannot write the bundle .*disk/bundle: ${readOnly}\n$`),
    )
    expectFailure(
      await place.run(['--add', 'more', '--model', 'whole', '--out', 'disk/new', '--quiet']),
      new RegExp(`^extend: Cannot write the bundle .*disk/new: ${readOnly}\n$`),
    )
    expectFailure(
      await place.run(['remove', 'poppy', '--model', 'disk/bundle', '--quiet']),
      new RegExp(`^extend: Cannot write the bundle .*disk/bundle: ${readOnly}\n$`),
    )
    expectFailure(
      await place.run(['--add', 'more', '--model', 'whole', '--cache-dir', 'disk/cache', '--quiet']),
      /^extend: Cannot open the bottleneck cache in .*: the file system is read-only; name another cache folder with --cache-dir\.\n$/,
    )
    await expectWorking(before)
  })

  test('a mount point itself cannot become a bundle', async () => {
    expect(mount(disk, '-t', 'tmpfs', '-o', 'size=1m', 'nplusk')).toBe(true)
    const outcome = await place.run(['--add', 'more', '--model', 'whole', '--out', 'disk', '--quiet'])
    expectFailure(outcome, /^extend: .*disk is a mount point; choose a folder in it as --out\.\n$/)
  })
})
