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
    expect(await read(`label,threshold\n${table}\n`)).toEqual(expected)
  })

  test.each([
    ['rose,0.5\ntulip', 2],
    ['rose,0.5\ntulip,', 2],
    ['rose,much', 1],
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

  test('refuses a label twice', async () => {
    await expect(read('rose,0.5\n"rose",0.6')).rejects.toThrow(/has two thresholds for "rose"/)
  })

  test('names a file that is not there', async () => {
    await expect(readThresholds(join(folder(), 'none.json'))).rejects.toMatchObject({
      code: 'IO',
      message: expect.stringMatching(/^Cannot read .*none\.json: it is not there; check the path\.$/),
    })
  })
})
