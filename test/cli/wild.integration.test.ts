import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { extend } from './spawn.js'

const folder = resolve('../shared/models/wild')
const describeHere = existsSync(folder) ? describe : describe.skip
const dynamic = join(folder, '44-dynamic-int8-batch/model_uint8.onnx')
const integers = join(folder, '33-qoperator-int8/model_int8.onnx')

let cwd: string
const run = (args: readonly string[]) => extend(args, { cwd, env: { NPLUSK_CACHE_DIR: join(cwd, 'cache') } })

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'nplusk-'))
})
afterAll(() => rm(cwd, { recursive: true }))

describeHere('the program and classifiers as people publish them (where ../shared is)', () => {
  test('inspect says that a model quantised dynamically runs picture by picture, and why', async () => {
    const { code, stdout } = await run(['inspect', dynamic, '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      classes: 1000,
      logitChange: 0,
      batchCoupling: { operator: 'DynamicQuantizeLinear', reason: expect.any(String), change: expect.any(Number) },
    })
    const shown = (await run(['inspect', dynamic])).stdout
    expect(shown).toMatch(/batches +run picture by picture: DynamicQuantizeLinear takes its range over all pictures/)
  })

  test('a model of 8-bit operators is extended', async () => {
    const scaling = ['--mean', '0.5', '--std', '0.5', '--channels', 'RGB']
    const flowers = resolve('fixtures/flowers')
    const { code, stdout, stderr } = await run([
      '--add',
      flowers,
      '--model',
      integers,
      '--rehearsal',
      'none',
      '--json',
      ...scaling,
    ])
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(JSON.parse(stdout)).toMatchObject({ classes: { base: 10, added: 5, total: 15 } })
  })
})
