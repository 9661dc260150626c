/**
 * The project in two commands, on drawings that come with it: adds five flowers to Inception v3 and asks the result about a flower
 * and about an old class. `npm run demo`; it works in a temporary folder, which it removes.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const program = join(root, 'dist/src/program/start.js')

/** Shows a command as a user would type it, runs it and returns its exit code. */
async function extend(...args: string[]): Promise<number> {
  console.log(`\n$ extend ${args.join(' ')}`)
  const child = spawn(process.execPath, [program, ...args], { cwd: root, stdio: 'inherit' })
  const [code] = (await once(child, 'close')) as [number | null]
  return code ?? 1
}

// The terminal sends Ctrl-C to the running command as well, which ends by itself; this process stays to tidy up.
process.on('SIGINT', () => undefined)

const folder = await mkdtemp(join(tmpdir(), 'nplusk-demo-'))
const bundle = join(folder, 'extended')
const started = performance.now()
console.log(`The bundle goes into ${bundle}, which is removed in the end.`)
try {
  process.exitCode =
    (await extend('--add', 'fixtures/flowers', '--out', bundle)) ||
    (await extend('predict', 'fixtures/flowers-test/poppy/01.jpg', 'fixtures/objects/banana.jpg', '--model', bundle))
} finally {
  await rm(folder, { recursive: true, force: true })
}
if (process.exitCode === 0) console.log(`\nDone in ${Math.round((performance.now() - started) / 1000)} s.`)
