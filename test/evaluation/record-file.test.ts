import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { csvLine } from '../../src/evaluation/csv.js'
import type { ImageRecord } from '../../src/evaluation/evaluation-record.js'
import { writeRecords } from '../../src/evaluation/record-file.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { labels, recordsOf } from './records.js'

const folder = temporaryFolder()

const records = recordsOf([
  { truth: 1, logits: [1, 3, 0, 2, 4] },
  { truth: 4, logits: [0, 1, 2, 3, 6] },
])

/** Reads CSV by RFC 4180, character by character. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [['']]
  let isQuoted = false
  for (let i = 0; i < text.length; i++) {
    const row = rows.at(-1)!
    const put = (one: string) => row.push(row.pop()! + one)
    if (text[i] === '"') {
      if (isQuoted && text[i + 1] === '"') put(text[i++]!)
      else isQuoted = !isQuoted
    } else if (isQuoted) put(text[i]!)
    else if (text[i] === ',') row.push('')
    else if (text[i] === '\n') rows.push([''])
    else put(text[i]!)
  }
  return rows.slice(0, -1)
}

describe('csvLine', () => {
  test('is read back as it was, whatever text holds', () => {
    const cells = ['plain', 'a "quoted" one', 'one, two', 'line\nbreak', 'grüß', '', ' ', 'a\r\nb']
    expect(readCsv(csvLine(cells))).toEqual([cells])
  })

  test('marks what a spreadsheet would take for a formula, quoted or not, and no number', () => {
    expect(csvLine(['=1+1', '+1', '-rose', '@sum', '\tx', 'a=b', '=HYPERLINK("http://a","b")', -1.5e-7, null])).toBe(
      `'=1+1,'+1,'-rose,'@sum,'\tx,a=b,"'=HYPERLINK(""http://a"",""b"")",-1.5e-7,\n`,
    )
    expect(csvLine(['\rx'])).toBe(`"'\rx"\n`)
  })
})

describe('writeRecords', () => {
  test('as JSON lines gives the very records', async () => {
    const file = join(folder(), 'made', 'records.jsonl')
    await writeRecords(file, records)
    const lines = (await readFile(file, 'utf8')).split('\n')
    expect(lines.pop()).toBe('')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(records)
  })

  test('as CSV gives a table with a column for each thing', async () => {
    const file = join(folder(), 'records.CSV')
    const named: ImageRecord = {
      ...records[0]!,
      file: '=a,"b"\n.jpg',
      addedAnswer: null,
      truthProbability: null,
      standout: 4.25,
    }
    await writeRecords(file, [named, { ...records[1]!, answers: records[1]!.answers.slice(0, 2) }])
    const [names, ...rows] = readCsv(await readFile(file, 'utf8'))
    expect(rows.map((row) => row.length)).toEqual([names!.length, names!.length])
    const [first, second] = rows.map((row) => Object.fromEntries(row.map((cell, i) => [names![i]!, cell])))
    const probabilities = records.map(({ answers }) => answers.map(({ probability }) => `${probability}`))
    expect(first).toEqual({
      file: `'=a,"b"\n.jpg`,
      truth: 'dog',
      truth_index: '1',
      truth_increment: 'base',
      truth_probability: '',
      error: 'leak',
      answer: 'tulip',
      answer_index: '4',
      answer_increment: 'flowers',
      probability: probabilities[0]![0],
      base_answer: 'dog',
      base_answer_index: '1',
      added_answer: '',
      added_answer_index: '',
      answer_2: 'dog',
      probability_2: probabilities[0]![1],
      answer_3: 'rose',
      probability_3: probabilities[0]![2],
      answer_4: 'cat',
      probability_4: probabilities[0]![3],
      answer_5: 'owl',
      probability_5: probabilities[0]![4],
      standout: '4.25',
    })
    expect(second).toMatchObject({
      file: '1.jpg',
      truth_probability: `${records[1]!.truthProbability}`,
      error: '',
      added_answer: labels[4]!.label,
      answer_2: 'rose',
      answer_3: '',
      probability_3: '',
      standout: '',
    })
  })

  test('leaves the file as it was, and nothing beside it, where writing fails', async () => {
    const place = folder()
    const file = join(place, 'records.jsonl')
    await writeFile(file, 'earlier')
    const damaged = new Proxy(records[1]!, {
      get: () => {
        throw new Error('no more')
      },
    })
    await expect(writeRecords(file, [records[0]!, damaged])).rejects.toThrow('no more')
    expect(await readFile(file, 'utf8')).toBe('earlier')
    expect(await readdir(place)).toEqual(['records.jsonl'])
  })

  test.each(['records', 'records.json', 'records.csv.gz'])('refuses the name %s', async (name) => {
    await expect(writeRecords(name, records)).rejects.toMatchObject({
      code: 'USAGE',
      message: `Records are written as .jsonl or .csv; give a name that ends so, not ${name}.`,
    })
  })
})
