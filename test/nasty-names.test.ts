import { spawnSync } from 'node:child_process'
import { expect, test } from '@jest/globals'
import { modelCard } from '../src/export/card.js'
import { textProto } from '../src/export/text-proto.js'
import { csvLine } from '../src/evaluation/csv.js'
import { openDrawing } from '../src/report/chart.js'
import { html, scriptData } from '../src/report/html.js'
import { createMetrics } from '../src/server/metrics/metrics.js'
import { plainFileName } from '../src/server/teaching/export-download.js'
import { oneLine } from '../src/tensorboard/one-line.js'
import { inputs } from '../src/export/card.js'
import { tinyManifest } from './bundle/tiny-bundle.js'
import { parsePbtxt } from './export/pbtxt.js'
import { nastyNames } from './support/nasty-names.js'

// Every form that names are written in keeps its syntax, whatever the names hold. Terminals: test/cli/nasty-names.

/** Names as UTF-8 can hold them. */
const written = nastyNames.map((name) => Buffer.from(name).toString())

test('a page has the elements and attributes that it was to have, and no others', async () => {
  const { default: domino } = await import('domino')
  for (const name of nastyNames) {
    const document = domino.createDocument(`<body>${html`<p title="${name}" data-x="1">${name}</p>`.text}</body>`)
    expect(document.body.querySelectorAll('*')).toHaveLength(1)
    const paragraph = document.querySelector('p')
    expect(Array.from(paragraph!.attributes, ({ name }) => name)).toEqual(['title', 'data-x'])
    expect(paragraph!.textContent).toBe(paragraph!.getAttribute('title'))
  }
})

test("a page's data for its script are one element, and come out as they went in", async () => {
  const { default: domino } = await import('domino')
  const document = domino.createDocument(`<body>${scriptData(html`id="x"`, { names: nastyNames }).text}</body>`)
  expect(document.body.querySelectorAll('*')).toHaveLength(1)
  expect(JSON.parse(document.querySelector('script')!.textContent!)).toEqual({ names: nastyNames })
})

test('a drawing has its own elements alone, and every name is text in it', async () => {
  const { default: domino } = await import('domino')
  const draw = await openDrawing()
  const tags = nastyNames.map((name) => {
    const chart = {
      name,
      draw: (plot: typeof import('@observablehq/plot')) => ({
        marks: [plot.text([name], { text: [name], x: [1], title: [name] })],
      }),
    }
    const document = domino.createDocument(
      `<body>${draw({ ...chart, draw: (plot) => ({ width: 100, ...chart.draw(plot) }) }).text}</body>`,
    )
    return [...new Set(Array.from(document.body.querySelectorAll('*'), ({ tagName }) => tagName.toLowerCase()))]
  })
  const own = ['svg', 'g', 'text', 'tspan', 'title', 'path']
  expect(tags.flat().filter((tag) => !own.includes(tag))).toEqual([])
})

test("protobuf's text format gives the same names again", () => {
  const text = textProto({ parameters: nastyNames.map((name) => ({ key: 'k', value: { string_value: name } })) })
  const { parameters } = parsePbtxt(text)
  expect(
    parameters!.map((one) => (one as never as { value: [{ string_value: [string] }] }).value[0].string_value[0]),
  ).toEqual(written)
})

const hasProtobuf = spawnSync('python3', ['-c', 'import google.protobuf']).status === 0

;(hasProtobuf ? test : test.skip)('Google reads it so too (skipped without python3-protobuf)', () => {
  const text = textProto({ value: nastyNames.map((name) => ({ string_value: name })) }).replaceAll(
    'value {',
    'values {',
  )
  const program = `
import sys, json
from google.protobuf import text_format, struct_pb2
message = struct_pb2.ListValue()
text_format.Parse(sys.stdin.buffer.read().decode(), message)
print(json.dumps([one.string_value for one in message.values]))`
  const { stdout, stderr } = spawnSync('python3', ['-c', program], { input: text, encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual(written)
})

test('a table holds the same cells again, none of which a spreadsheet takes for a formula', () => {
  for (const name of nastyNames) {
    const line = csvLine(['a', name, name, 1])
    const cells = cellsOf(line)
    expect(cells).toHaveLength(4)
    expect(cells[1]).not.toMatch(/^[=+\-@\t\r]/)
    expect(cells[1]!.replace(/^'(?=[=+\-@\t\r])/, '')).toBe(name)
  }
})

/** The cells of one line, as RFC 4180 has them. */
function cellsOf(line: string): string[] {
  const cells = [...line.slice(0, -1).matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g)]
  expect(cells.map(([cell]) => cell).join('')).toBe(line.slice(0, -1))
  return cells.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!)
}

test('a table of TensorBoard has as many lines and cells as it should', () => {
  const lines = nastyNames.map((name) => ['a', name, 'b'].map(oneLine).join('\t')).join('\n')
  expect(lines.split('\n').map((line) => line.split('\t').length)).toEqual(nastyNames.map(() => 3))
  expect(lines.split(/[\r\n\u2028\u2029\v\f\x85]/)).toHaveLength(nastyNames.length)
})

test('the description of an exported model has them all, and is plain JSON', () => {
  const classes = nastyNames.map((label) => ({ folder: label, label, images: 1 }))
  const perClass = nastyNames.map((label) => ({ label, count: 1, top1: 1, threshold: 0.5, confusedWith: [] }))
  const { training } = tinyManifest()
  const heldOut = { old: null, new: { top1: 1, count: 1 }, leak: null, miss: null, perClass }
  const increments = [{ name: '__proto__', classes, features: 'features-0.safetensors' }]
  const manifest = tinyManifest({ increments, training: { ...training, heldOut } } as never)
  const card = JSON.parse(JSON.stringify(modelCard(manifest, inputs.uint8))) as ReturnType<typeof modelCard>
  expect(card.labels.slice(2).map(({ label }) => label)).toEqual(nastyNames)
  expect(Object.keys(card.thresholds!).sort()).toEqual([...nastyNames].sort())
})

test('figures of a service are a line each, with labels of their own', async () => {
  const { registry, images } = createMetrics()
  for (const model of nastyNames) images.inc({ model, outcome: 'answered' })
  const text = await registry.metrics()
  const lines = text.split('\n').filter((line) => line.startsWith('nplusk_images_total{'))
  expect(lines).toHaveLength(nastyNames.length)
  for (const line of lines)
    expect(line).toMatch(/^nplusk_images_total\{model="(?:[^"\\\n]|\\[\\"n])*",outcome="answered"\} 1$/)
  expect(text).not.toMatch(/^nplusk_forged/m)
})

test('a file that is sent has a name that a header, a shell and every file system take', () => {
  for (const name of nastyNames) expect(plainFileName(name)).toMatch(/^\w[\w.-]*$/)
})
