import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { manifestFile, manifestKey, modelFile } from '../../src/bundle/layout.js'
import { getMetadata, setMetadata } from '../../src/onnx/build.js'
import { decodeModel, encodeModel } from '../../src/onnx/model.js'
import { writeTinyClassifier } from '../support/tiny-classifier-file.js'
import { contentsOf, fixtures, openWorkplace, type Workplace } from './workplace.js'

const poppy = join(fixtures, 'flowers', 'poppy', '01.jpg')

let place: Workplace
let damaged: string

beforeAll(async () => {
  place = openWorkplace()
  damaged = place.path('damaged')
  writeTinyClassifier(place.path('net.onnx'), 10)
  place.flowers('more', { orchid: 2, bluebell: 2 })
  place.flowers('old', { 'water-lily': 8 })
  const flowers = place.flowers('flowers', { poppy: 3, snowdrop: 3 })
  await place.json([
    '--add',
    flowers,
    '--model',
    'net.onnx',
    '--rehearsal',
    'old',
    '--mean',
    '0',
    '--std',
    '1',
    '--out',
    'whole',
  ])
})

afterAll(() => place.remove())

function file(kind: string): string {
  return join(
    damaged,
    readdirSync(damaged).find((name) => name.startsWith(kind))!,
  )
}

function halve(kind: string): void {
  truncateSync(file(kind), Math.floor(readFileSync(file(kind)).length / 2))
}

function flipByte(kind: string): void {
  const content = readFileSync(file(kind))
  const middle = Math.floor(content.length / 2)
  content[middle]! ^= 0xff
  writeFileSync(file(kind), content)
}

/** Writes another format number wherever the bundle has its own. */
function changeFormat(format: number): void {
  const change = (json: string) => JSON.stringify({ ...(JSON.parse(json) as object), format })
  writeFileSync(file(manifestFile), change(readFileSync(file(manifestFile), 'utf8')))
  const model = decodeModel(readFileSync(file(modelFile)), modelFile)
  setMetadata(model, manifestKey, change(getMetadata(model, manifestKey)!))
  writeFileSync(file(modelFile), encodeModel(model))
}

const add = ['--add', 'more', '--model', 'damaged']
const predict = ['predict', poppy, '--model', 'damaged']
const restore = /restore (it|the bundle|both) from (a|one) copy/

const cases: [string, () => void, string[][], RegExp][] = [
  ['model.onnx cut off', () => halve(modelFile), [predict, add], /damaged\/model\.onnx/],
  ['model.onnx empty', () => truncateSync(file(modelFile)), [predict], /damaged\/model\.onnx/],
  ['model.onnx missing', () => rmSync(file(modelFile)), [predict, add], /damaged\/model\.onnx/],
  ['one byte of the model changed', () => flipByte(modelFile), [predict], /damaged\/model\.onnx is damaged/],
  ['the features cut off', () => halve('features-'), [add], /features-[0-9a-f]{16}\.safetensors is damaged/],
  ['the features missing', () => rmSync(file('features-')), [add], /features-[0-9a-f]{16}\.safetensors is missing/],
  [
    'one byte of the rehearsal features changed',
    () => flipByte('rehearsal-'),
    [add],
    /rehearsal-.*\.safetensors is damaged/,
  ],
  ['one byte of the backbone changed', () => flipByte('backbone-'), [add], /backbone-.*\.onnx is damaged/],
]

describe('a damaged bundle is named with what to do, and stays as it is', () => {
  const restored = () => {
    rmSync(damaged, { recursive: true, force: true })
    cpSync(place.path('whole'), damaged, { recursive: true })
  }

  test.each(cases)('%s', async (_, damage, commands, message) => {
    restored()
    damage()
    const before = contentsOf(damaged)
    for (const command of commands) {
      const { code, stdout, stderr } = await place.run([...command, '--quiet'])
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(message)
      expect(stderr).toMatch(restore)
      expect(stderr).toMatch(/^extend: \S.*\.\n$/)
      expect(contentsOf(damaged)).toEqual(before)
    }
  })

  test('extend verify names it, says what to do, and ends with 1', async () => {
    restored()
    const whole = await place.run(['verify', 'damaged', '--quiet'])
    expect(whole).toMatchObject({ code: 0, stderr: '' })
    expect(whole.stdout).toMatch(/^\.\/damaged is as it was written, at revision 1: \d+ files, [\d.]+ kB\.\n$/)
    flipByte('features-')
    const found = await place.run(['verify', 'damaged', '--quiet'])
    expect(found.code).toBe(1)
    expect(found.stdout).toMatch(
      /^Of 6 files.*\n {2}features-\w+\.safetensors {2}damaged {2}features of the images of flowers, for revision 1\n/,
    )
    expect(found.stdout).toContain('\nmodel.onnx is whole: predict, evaluate, serve and export go on as before.')
    expect(found.stdout).toContain('"extend remove flowers --increment --model damaged"')
    expect(found.stderr).toMatch(/^extend: damaged is damaged: features-\w+\.safetensors, 1 of its 6 files; restore /)
    const { code, stdout } = await place.run(['verify', 'damaged', '--json', '--quiet'])
    expect([code, JSON.parse(stdout)]).toMatchObject([
      1,
      { ok: false, damaged: [{ problem: 'damaged', holds: 'features', increment: 'flowers' }], modelIsWhole: true },
    ])
    const removed = await place.run(['verify', 'nowhere'])
    expect(removed).toMatchObject({ code: 1, stdout: '' })
  })

  test('bundle.json alone does no harm: the model says the same', async () => {
    for (const damage of [() => halve(manifestFile), () => rmSync(file(manifestFile))]) {
      restored()
      damage()
      expect(await place.run([...predict, '--quiet'])).toMatchObject({ code: 0, stderr: '' })
      const { code, stdout } = await place.run(['verify', 'damaged', '--quiet'])
      expect(code).toBe(1)
      expect(stdout).toContain('Nothing is lost: model.onnx says the same as bundle.json')
    }
  })

  test.each([
    [0, /is of bundle format 0, this version knows format 1; build it again with extend --add\.\n$/],
    [99, /is of bundle format 99, this version knows format 1; update nplusk to use it\.\n$/],
  ])('format %i', async (format, message) => {
    restored()
    changeFormat(format)
    const before = contentsOf(damaged)
    for (const command of [
      predict,
      add,
      ['classes', '--model', 'damaged'],
      ['remove', 'poppy', '--model', 'damaged'],
    ]) {
      const { code, stdout, stderr } = await place.run([...command, '--quiet'])
      expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(message) })
    }
    expect(contentsOf(damaged)).toEqual(before)
  })
})
