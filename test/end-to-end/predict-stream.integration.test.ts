import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { ImageResult } from '../../src/workflow/classifier.js'
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
