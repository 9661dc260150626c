import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { openStore, type BottleneckStore } from '../../src/features/store.js'
import { countRows, readPart, writePart } from '../../src/bundle/part-file.js'
import { tensorChunks } from '../../src/bundle/safetensors.js'
import { decodeTensors, encodeTensors } from '../../src/bundle/seals/sealed-tensors.js'
import { entryOf } from '../features/entries.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const shape = { dim: 7, classes: 5 }
const keyOf = (i: number) => createHash('sha256').update(`${i}`).digest('hex')

const folder = temporaryFolder()
let here: BottleneckStore
let there: BottleneckStore
let part: string

beforeEach(async () => {
  here = await openStore(join(folder(), 'here'))
  there = await openStore(join(folder(), 'there'))
  part = join(folder(), 'parts', 'a.part')
})
afterEach(() => Promise.all([here.close(), there.close()]))

/** Puts entries 0..count-1 into the store, and gives their keys. */
function fill(store: BottleneckStore, count: number): string[] {
  const keys = Array.from({ length: count }, (_, i) => keyOf(i))
  store.putAll(keys.map((key) => entryOf(key, shape.dim, shape.classes)))
  return keys
}

describe('a part', () => {
  test('brings entries from one store to another, over more than one block', async () => {
    const keys = fill(here, 600)
    await writePart(part, { keys: keys.slice(0, 590), store: here, shape })
    expect(await countRows(part)).toBe(590)
    fill(there, 10)
    expect(await readPart(part, there)).toEqual({ entries: 590, added: 580 })
    for (const key of keys.slice(0, 590)) expect(there.get(key)).toEqual(here.get(key))
    expect(there.has(keys[595]!)).toBe(false)
    expect(await readPart(part, there)).toEqual({ entries: 590, added: 0 })
  })

  test('with a bit flipped anywhere is refused, and nothing of it is taken', async () => {
    const keys = fill(here, 3)
    await writePart(part, { keys, store: here, shape })
    const bytes = await readFile(part)
    // Each byte has another bit flipped.
    for (let i = 0; i < bytes.length; i++) {
      const flipped = Buffer.from(bytes)
      flipped[i]! ^= 1 << (i % 8)
      await writeFile(part, flipped)
      await expect(readPart(part, there)).rejects.toMatchObject({
        code: 'BAD_INPUT',
        message: expect.stringMatching(/^\S+ (is no part of features, or is|is) damaged\.$/),
        remedy: { kind: 'write-part-again' },
      })
    }
    expect(keys.filter((key) => there.has(key))).toEqual([])
  })

  test.each(['features', 'logits'] as const)('with %s that are no numbers is refused', async (name) => {
    const [key, bottleneck] = entryOf('a', shape.dim, shape.classes)
    const broken = { ...bottleneck, [name]: bottleneck[name].map(() => NaN) }
    // What the store never gives; its checksum is right.
    const store = { ...here, read: () => broken }
    await writePart(part, { keys: [key], store, shape })
    await expect(readPart(part, there)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: `${part} holds features that are no finite numbers.`,
      remedy: { kind: 'write-part-again' },
    })
    expect(there.has(key)).toBe(false)
  })

  test('of the format without checksums is refused, in words of its own', async () => {
    const tensors = {
      logits: { dims: [1, 5], data: new Float32Array(5) },
      features: { dims: [1, 7], data: new Uint16Array(7) },
      keys: { dims: [1, 32], data: new Uint8Array(32) },
    }
    await mkdir(join(folder(), 'parts'))
    await writeFile(part, Buffer.concat([...tensorChunks(tensors, { 'nplusk.part': '1' })]))
    await expect(readPart(part, there)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: `${part} was written by an earlier version, without checksums.`,
      remedy: { kind: 'write-part-again' },
    })
  })

  test.each([
    ['a text', '"3"'],
    ['less than nothing', '-3'],
    ['no whole number', '2.5'],
    ['nothing', 'null'],
  ])('whose count is %s is refused', async (_, count) => {
    await writePart(part, { keys: fill(here, 3), store: here, shape })
    const bytes = await readFile(part)
    const length = Number(bytes.readBigUInt64LE())
    const json = bytes.toString('utf8', 8, 8 + length).replaceAll('[3,', `[${count},`)
    const header = Buffer.from(json.trimEnd().padEnd(8 * Math.ceil(json.trimEnd().length / 8)))
    const start = Buffer.alloc(8)
    start.writeBigUInt64LE(BigInt(header.length))
    await writeFile(part, Buffer.concat([start, header, bytes.subarray(8 + length)]))
    await expect(readPart(part, there)).rejects.toMatchObject({ code: 'BAD_INPUT' })
  })

  test('is a safetensors file that any program reads', async () => {
    const keys = fill(here, 3)
    await writePart(part, { keys, store: here, shape })
    const { tensors } = decodeTensors(await readFile(part), part)
    expect(tensors['keys']!.dims).toEqual([3, 32])
    expect(Buffer.from(tensors['keys']!.data as Uint8Array).toString('hex')).toBe(keys.join(''))
    expect(tensors['features']!.dims).toEqual([3, 7])
    expect([...tensors['logits']!.data]).toEqual(keys.flatMap((key) => [...here.get(key)!.logits]))
  })

  test('may be empty', async () => {
    await writePart(part, { keys: [], store: here, shape })
    expect(await readPart(part, there)).toEqual({ entries: 0, added: 0 })
  })

  test('tells how far it is', async () => {
    const done: number[] = []
    const keys = fill(here, 300)
    await writePart(
      part,
      { keys, store: here, shape },
      { onProgress: (e) => e.type === 'progress' && done.push(e.done) },
    )
    const rows: number[] = []
    await readPart(part, there, { onRows: (count) => rows.push(count) })
    expect({ done, rows }).toEqual({ done: [256, 300], rows: [256, 44] })
  })

  test('that is interrupted leaves nothing behind', async () => {
    const keys = fill(here, 3)
    const signal = AbortSignal.abort()
    await expect(writePart(part, { keys, store: here, shape }, { signal })).rejects.toMatchObject({ code: 'ABORTED' })
    expect(await readdir(join(folder(), 'parts'))).toEqual([])
  })
})

describe('what is no part is refused, and nothing of it is taken', () => {
  test.each([
    ['an empty file', () => Buffer.alloc(0)],
    ['a text', () => Buffer.from('not a part at all')],
    ['a part that was cut off', (whole: Buffer) => whole.subarray(0, whole.length - 1)],
    ['a part that goes on', (whole: Buffer) => Buffer.concat([whole, Buffer.alloc(1)])],
    ['a part whose header was cut off', (whole: Buffer) => whole.subarray(0, 20)],
    ['another safetensors file', () => encodeTensors({ features: { dims: [1, 2], data: new Uint16Array(2) } })],
    [
      'a part with another shape written in',
      (whole: Buffer) => Buffer.from(whole.toString('latin1').replace('[3,7]', '[7,3]'), 'latin1'),
    ],
  ])('%s', async (_, damage) => {
    const keys = fill(here, 3)
    await writePart(part, { keys, store: here, shape })
    await writeFile(part, damage(await readFile(part)))
    const refusal = { code: 'BAD_INPUT', message: expect.stringMatching(`^${part} is no part of features`) }
    await expect(readPart(part, there)).rejects.toMatchObject(refusal)
    await expect(countRows(part)).rejects.toMatchObject(refusal)
    expect(there.has(keys[0]!)).toBe(false)
  })

  test('a pipe, at once', async () => {
    const pipe = join(folder(), 'pipe')
    execFileSync('mkfifo', [pipe])
    const message = `Cannot read ${pipe}: it is a pipe, a socket or a device; give a file.`
    await expect(countRows(pipe)).rejects.toMatchObject({ code: 'IO', message })
  })

  test('no file', async () => {
    await expect(readPart(part, there)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
