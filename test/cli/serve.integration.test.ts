import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { tinyBundle, type TinyBundle } from '../server/tiny-server.js'
import { extend, mainFile } from './spawn.js'

let tiny: TinyBundle

beforeAll(async () => {
  tiny = await tinyBundle()
})

afterAll(() => tiny[Symbol.dispose]())

/** Runs the command until it has written so many lines, asks it for its models, and ends it. */
async function served(args: readonly string[], lines: number, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [mainFile, 'serve', '--port', '0', '--device', 'cpu', ...args], {
    cwd: tiny.folder,
    env: { ...process.env, NO_COLOR: '1', NPLUSK_CACHE_DIR: tiny.cacheDir, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const output: string[] = []
  let models: unknown
  for await (const line of createInterface({ input: child.stdout })) {
    output.push(line)
    if (output.length !== lines) continue
    const [url] = /http:\/\/[\d.:]+/.exec(output[0]!)!
    models = await (await fetch(`${url}/models`)).json()
    child.kill('SIGINT')
  }
  return { output, models, code: await ended }
}

test('models have the names that are given, or those of their folders', async () => {
  const { output, models, code } = await served(['--model', 'a=bundle', '--model', './bundle'], 2)
  expect(output).toEqual([expect.stringMatching(/^Listening at http:\/\/127\.0\.0\.1:\d+$/), 'Ctrl-C ends it.'])
  expect(models).toMatchObject({ models: [{ name: 'a' }, { name: 'bundle' }] })
  expect(code).toBe(0)
})

test('a token is printed with the address where it was made up, and not where it was given', async () => {
  const args = ['--model', 'bundle', '--allow-add']
  const { output } = await served(args, 3)
  expect(output[1]).toMatch(/^ {2}http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{32}$/)
  const json = await served([...args, '--json'], 1)
  expect(JSON.parse(json.output[0]!)).toEqual({ url: expect.any(String), token: expect.stringMatching(/^[\w-]{32}$/) })
  for (const given of [[['--token', 'secret'], {}] as const, [[], { NPLUSK_TOKEN: 'secret' }] as const]) {
    const { output } = await served([...args, '--json', ...given[0]], 1, given[1])
    expect(Object.keys(JSON.parse(output[0]!) as object)).toEqual(['url'])
  }
})

test('what is wrong is said in a sentence', async () => {
  const run = (...args: string[]) => extend(['serve', ...args], { cwd: tiny.folder })
  expect(await run('--token', 'x')).toMatchObject({ code: 2, stderr: expect.stringMatching(/goes with --allow-add/) })
  expect(await run()).toMatchObject({ code: 1, stderr: expect.stringMatching(/no bundle in \.\/extended/) })
  expect(await run('--model', 'a=bundle', '--model', 'a=bundle')).toMatchObject({ code: 2 })
})
