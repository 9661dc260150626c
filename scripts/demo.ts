/**
 * The project in two commands, on drawings that come with it: adds five flowers to Inception v3 and asks the result
 * about a flower and about an old class. `npm run demo`; the bundle stays in ./extended, where the README's quick start
 * goes on with it.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../src/program/start.js', import.meta.url))

/** Shows a command as a user would type it, runs it and returns its exit code. */
async function extend(...args: string[]): Promise<number> {
  console.log(`\n$ extend ${args.join(' ')}`)
  const child = spawn(process.execPath, [program, ...args], { stdio: 'inherit' })
  const [code] = (await once(child, 'close')) as [number | null]
  return code ?? 1
}

// The terminal sends Ctrl-C to the running command as well, which ends by itself; this process stays to tidy up.
process.on('SIGINT', () => undefined)

const started = performance.now()
// What is there may be the user's own.
const elsewhere = existsSync('extended') ? await mkdtemp(join(tmpdir(), 'nplusk-demo-')) : undefined
const bundle = elsewhere === undefined ? './extended' : join(elsewhere, 'extended')
if (elsewhere !== undefined)
  console.log(`./extended is there already and stays as it is; the demo's bundle goes into ${bundle}.`)
const model = elsewhere === undefined ? [] : ['--model', bundle]
const out = elsewhere === undefined ? [] : ['--model', 'inception-v3', '--out', bundle]

process.exitCode =
  (await extend('--add', 'fixtures/flowers', ...out)) ||
  (await extend('predict', 'fixtures/flowers-test/poppy/01.jpg', 'fixtures/objects/banana.jpg', ...model))

if (process.exitCode === 0) {
  const seconds = Math.round((performance.now() - started) / 1000)
  console.log(`\nDone in ${seconds} s. The bundle is in ${bundle}; delete the folder when you need it no more.`)
} else if (elsewhere !== undefined) await rm(elsewhere, { recursive: true, force: true })
