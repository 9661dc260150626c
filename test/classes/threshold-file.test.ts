import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { readThresholds } from '../../src/classes/threshold-file.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()

async function read(text: string) {
  const file = join(folder(), 'thresholds')
  await writeFile(file, text)
  return readThresholds(file)
}

describe('readThresholds', () => {
  test('takes a JSON object', async () => {
    expect(await read('\uFEFF\n{"rose": 0.5, "a, b": 1, "__proto__": 0.25}')).toEqual(
      Object.fromEntries([
        ['rose', 0.5],
        ['a, b', 1],
        ['__proto__', 0.25],
      ]),
    )
  })

  test('takes a table, with names above it or without, and labels in quotation marks', async () => {
    const table = 'rose,0.5\r\n daisy (flowers) , .25\n\n"crane, bird",1e-3\n"a ""b""",0'
    const expected = { rose: 0.5, 'daisy (flowers)': 0.25, 'crane, bird': 1e-3, 'a "b"': 0 }
    expect(await read(table)).toEqual(expected)
    for (const names of ['label,threshold', 'Label,Threshold', '"LABEL","THRESHOLD"'])
      expect(await read(`${names}\n${table}\n`)).toEqual(expected)
  })

  test.each([
    ['rose,0.5\ntulip', 2],
    ['rose,0.5\ntulip,', 2],
    ['rose,much', 1],
    ['rose,0x1', 1],
    ['rose,0b1', 1],
    ['rose,Infinity', 1],
    ['crane, bird,0.5', 1],
    ['"rose,0.5', 1],
    ['rose,0.5\nlabel,threshold', 2],
  ])('names the line at fault: %j', async (text, line) => {
    await expect(read(text)).rejects.toThrow(
      new RegExp(`^Line ${line} of .*thresholds is no label and threshold; write lines such as "roses",0\\.4\\.$`),
    )
  })

  test.each(['{"rose": "0.5"}', '{"rose": 0.5', '{"rose": null}'])('refuses %s', async (text) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringMatching(/no JSON object/),
    })
  })

  test.each(['', '\n', '{}', 'label,threshold\n'])('refuses %j, which has none', async (text) => {
    await expect(read(text)).rejects.toThrow(/thresholds holds no threshold; write lines/)
  })

  test('takes a class that is called as the column is', async () => {
    expect(await read('label,threshold\nlabel,0.5')).toEqual({ label: 0.5 })
    expect(await read('label,0.5')).toEqual({ label: 0.5 })
  })

  test.each([
    ['rose,0.5\n"rose",0.6', 'rose'],
    ['{"rose": 0.1, "tulip": 0.2, "rose": 0.99}', 'rose'],
    ['{"a \\"b\\"": 0.1, "a \\u0022b\\"": 0.1}', 'a "b"'],
    ['{"rose": "much", "rose": 0.5}', 'rose'],
  ])('refuses a label twice: %s', async (text, label) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining(`has two thresholds for "${label}"; leave one of them out.`),
    })
  })

  test.each([
    ['blanks', `${' '.repeat(200_000)}x"`],
    ['digits', `rose,${'1'.repeat(200_000)}x`],
    ['quotation marks', '"'.repeat(200_001)],
  ])('refuses a line of %s as soon as it is read', async (_, line) => {
    await expect(read(line)).rejects.toThrow(/^Line 1 of .* is no label and threshold/)
  })

  test('takes labels with quotation marks and backslashes from JSON', async () => {
    expect(await read('{"a \\"b\\"": 0.1, "c\\\\": 0.2, "d": 0.3}')).toEqual({ 'a "b"': 0.1, 'c\\': 0.2, d: 0.3 })
  })

  test('names a file that is not there', async () => {
    await expect(readThresholds(join(folder(), 'none.json'))).rejects.toMatchObject({
      code: 'IO',
      message: expect.stringMatching(/^Cannot read .*none\.json: it is not there; check the path\.$/),
    })
  })
})
