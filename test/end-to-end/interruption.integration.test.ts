import { existsSync, mkdirSync, readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { ExtendResult } from '../../src/workflow/extend.js'
import { contentsOf, fixtures, openWorkplace, temporaryFilesIn, type Workplace } from './workplace.js'

const poppy = join(fixtures, 'flowers', 'poppy', '01.jpg')

let place: Workplace
let bundle: string
let before: Record<string, string>

beforeAll(async () => {
  place = openWorkplace()
  bundle = place.path('extended')
  place.flowers('more', { orchid: 6, bluebell: 6 })
  await place.json(['--add', place.flowers('flowers', { poppy: 4, snowdrop: 4 })])
  before = contentsOf(bundle)
})

afterAll(() => place.remove())

async function expectOldBundle(): Promise<void> {
  const after = Object.entries(contentsOf(bundle)).filter(([name]) => !name.endsWith('.tmp'))
  expect(Object.fromEntries(after)).toEqual(before)
  const { code, stdout, stderr } = await place.run(['predict', poppy, '--json', '--top', '1', '--quiet'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(stdout)).toMatchObject({ predictions: [{ label: 'poppy', increment: 'flowers' }] })
}

const extracting = 'Reading images'
const training = 'Training'
const writing = 'Checking the model'

describe.each([
  ['the bundle that is there', []],
  ['a new bundle', ['--model', 'inception-v3', '--out', 'new']],
])('Ctrl-C while %s is written to', (_, where) => {
  test.each([extracting, training, writing])('at "%s": 130, and nothing is left behind', async (stage) => {
    // Nothing of these images is in the cache, so that reading them takes its time.
    const cacheDir = place.path('cache', stage === extracting ? 'empty' : '.')
    const process = place.start(['--add', 'more', ...where, '--cache-dir', cacheDir])
    await process.shown(stage)
    process.kill('SIGINT')
    const { code, stdout, stderr } = await process.outcome
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
    expect(stderr.split('\n').at(-2)).toBe('extend: Interrupted; nothing was changed.')
    expect(temporaryFilesIn(place.folder)).toEqual([])
    expect(existsSync(place.path('new'))).toBe(false)
    await expectOldBundle()
  })
})

describe('kill -9', () => {
  test.each([extracting, training, writing])('at "%s" leaves the old bundle working', async (stage) => {
    const process = place.start(['--add', 'more'])
    await process.shown(stage)
    process.kill('SIGKILL')
    expect((await process.outcome).code).toBeNull()
    await expectOldBundle()
  })

  test('what it leaves behind goes with the next change, an hour later', async () => {
    const killed = place.start(['--add', 'more', '--model', 'inception-v3', '--out', 'new'])
    await killed.shown(writing)
    killed.kill('SIGKILL')
    await killed.outcome
    const inside = temporaryFilesIn(bundle)
    const beside = readdirSync(place.folder).filter((name) => name.startsWith('.new.'))
    expect({ inside: inside.length > 0, beside: beside.length }).toEqual({ inside: true, beside: 1 })

    const twoHoursAgo = Date.now() / 1000 - 7200
    for (const name of inside.slice(1)) utimesSync(join(bundle, name), twoHoursAgo, twoHoursAgo)
    const abandoned = join(place.folder, beside[0]!)
    for (const name of [...readdirSync(abandoned, { recursive: true, encoding: 'utf8' }), '.'])
      utimesSync(join(abandoned, name), twoHoursAgo, twoHoursAgo)
    mkdirSync(place.path('.new.of-the-user.tmp'))

    const result = await place.json<ExtendResult>(['--add', 'more'])
    expect(result.classes.total).toBe(1004)
    expect(temporaryFilesIn(bundle)).toEqual(inside.slice(0, 1))
    await place.json(['--add', 'more', '--model', 'inception-v3', '--out', 'new'])
    expect(readdirSync(place.folder).filter((name) => name.startsWith('.new.'))).toEqual(['.new.of-the-user.tmp'])
  })
})
