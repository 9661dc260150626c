import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { modelFile } from '../../src/bundle/layout.js'
import type { ImageResult } from '../../src/answers/answering.js'
import { mainFile } from '../cli/spawn.js'
import { fixtures, openWorkplace, type Workplace } from './workplace.js'

let place: Workplace

beforeAll(() => {
  place = openWorkplace()
})
afterAll(() => place.remove())

test('predict - answers a path before the next one comes', async () => {
  const args = ['predict', '-', '--model', 'inception-v3', '--json', '--cache-dir', place.cacheDir]
  const child = spawn(process.execPath, [mainFile, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  for (const [object, label] of [
    ['banana', 'banana'],
    ['umbrella', 'umbrella'],
    ['soccer-ball', 'soccer ball'],
  ]) {
    const file = join(fixtures, 'objects', `${object}.jpg`)
    child.stdin.write(`${file}\n`)
    const { value } = (await answers.next()) as { value: string }
    expect(JSON.parse(value) as ImageResult).toMatchObject({ file, predictions: [{ label }, {}, {}, {}, {}] })
  }
  child.stdin.end()
  expect(await once(child, 'close')).toEqual([0, null])
})

test('predict - with a bundle that turns out damaged ends, though the standard input stays open', async () => {
  await place.json(['--add', place.flowers('flowers', { poppy: 2, snowdrop: 2 }), '--out', 'bundle'])
  const model = join(place.folder, 'bundle', modelFile)
  const bytes = readFileSync(model)
  // The manifest stays readable; the graph before it does not.
  bytes.fill(0xff, 100, 200)
  writeFileSync(model, bytes)
  const args = ['predict', '-', '--model', 'bundle', '--cache-dir', place.cacheDir]
  const child = spawn(process.execPath, [mainFile, ...args], { cwd: place.folder, stdio: ['pipe', 'ignore', 'pipe'] })
  child.stdin.write(`${join(fixtures, 'objects', 'banana.jpg')}\n`)
  const [log, end] = await Promise.all([text(child.stderr), once(child, 'close')])
  expect(end).toEqual([1, null])
  expect(log).toMatch(/model\.onnx is damaged/)
  child.stdin.destroy()
})
