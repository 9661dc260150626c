import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { NpluskError } from '../../src/core/errors.js'
import { fuzz } from '../../torture/fuzz/fuzz.js'
import { faultOf } from '../../torture/fuzz/judge.js'
import { bytesMutator } from '../../torture/fuzz/mutate/bytes.js'
import { strangersIn } from '../../torture/fuzz/strangers.js'
import type { Target } from '../../torture/fuzz/target.js'
import { targets } from '../../torture/fuzz/targets.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const around = temporaryFolder()
/** Of all targets together. */
const inputs = 2000

describe('what may come from anywhere is taken or refused, however it is changed', () => {
  test.each(targets.map((target) => [target.name, target] as const))('%s', async (_, target) => {
    const folder = join(around(), 'inside')
    mkdirSync(folder)
    const count = Math.ceil(inputs / targets.length)
    const { tried, findings } = await fuzz(target, { count, seed: 18, folder })
    const shown = findings.map(({ what, input }) => `${what} ${Buffer.from(input).toString('base64').slice(0, 500)}`)
    expect([tried, ...shown]).toEqual([count])
    expect(await strangersIn(around())).toBeUndefined()
  })
})

test('an error that is none of ours is found, and the same inputs come of the same seed', async () => {
  const seen: string[] = []
  const careless: Target = {
    name: 'careless',
    seeds: () => Promise.resolve([Buffer.from('12345678')]),
    mutate: bytesMutator(),
    open: () =>
      Promise.resolve({
        run(input) {
          seen.push(Buffer.from(input).toString('hex'))
          if (input.length > 8) throw new RangeError('too long')
          return Promise.resolve()
        },
      }),
  }
  const options = { count: 300, seed: 1, folder: around() }
  const first = await fuzz(careless, options)
  expect(first.findings.map(({ what }) => what)).toEqual([expect.stringMatching(/^RangeError: too long/)])
  const inputsOfFirst = seen.splice(0)
  await fuzz(careless, options)
  expect(seen).toEqual(inputsOfFirst)
  expect(new Set(seen).size).toBeGreaterThan(100)
})

test('errors of the library are no findings, but those whose message a person cannot read are', async () => {
  const thrown = (message: string) => faultOf(() => Promise.reject(new NpluskError('BAD_INPUT', message)))
  expect(await thrown('a.txt is damaged; fetch it again.')).toBeUndefined()
  expect(await thrown('undefined is damaged.')).toMatch(/^The message reads/)
  expect(await faultOf(() => Promise.reject(new TypeError('x')))).toMatch(/^TypeError: x/)
})
