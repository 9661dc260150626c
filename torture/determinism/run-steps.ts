import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Step } from './steps.js'
import { prefixOf, variablesOf, type Surroundings } from './surroundings.js'
import { hashesBelow } from './written.js'

/** The program as it ships. */
const program = fileURLToPath(new URL('../../src/program/start.js', import.meta.url))

/**
 * Runs commands one after the other.
 *
 * @param folder holds the pictures; all that is written goes into it
 * @returns hashes of what was printed, by the step's name, and of `bundle/` and `written/` after them all
 */
export async function runSteps(
  steps: readonly Step[],
  surroundings: Surroundings,
  folder: string,
  cacheDir: string,
): Promise<Map<string, string>> {
  await mkdir(join(folder, 'written'), { recursive: true })
  const path = (name: string) => (surroundings.paths === 'absolute' ? join(folder, name) : name)
  const printed = new Map<string, string>()
  for (const { name, args } of steps) {
    const text = await runProgram([...args(path), '--json', '--cache-dir', cacheDir], surroundings, folder)
    printed.set(`what ${name} prints`, createHash('sha256').update(comparable(text, folder)).digest('hex'))
  }
  const below = await Promise.all(
    ['bundle', 'written'].map(async (name) =>
      [...(await hashesBelow(join(folder, name)))].map(([file, hash]) => [`${name}/${file}`, hash] as const),
    ),
  )
  return new Map([...printed, ...below.flat()])
}

/** Ends in an error that names the command, where it does not succeed. */
async function runProgram(args: readonly string[], surroundings: Surroundings, cwd: string): Promise<string> {
  const { output, node } = surroundings
  const command = [...prefixOf(surroundings), node, program, ...args, ...(output === 'quiet' ? ['--quiet'] : [])]
  // `script` gives a terminal; what the program prints still leads here, by a descriptor of its own.
  const shown =
    output === 'terminal' ? ['script', '-qec', `${command.map(quoted).join(' ')} >&3`, '/dev/null'] : command
  const child = spawn(shown[0]!, shown.slice(1), {
    cwd,
    env: { ...process.env, CUDA_VISIBLE_DEVICES: '', ...variablesOf(surroundings) },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const [stdout, stderr, third] = [1, 2, 3].map((i) => textOf(child.stdio[i] as NodeJS.ReadableStream))
  const [code] = (await once(child, 'close')) as [number | null]
  const text = output === 'terminal' ? await third! : await stdout!
  if (code !== 0) throw new Error(`extend ${args.join(' ')} ended with ${code}: ${(await stderr!) || (await stdout!)}`)
  return text
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return text
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}

/**
 * What is determined of the lines that a command prints: not how long it took, in which folder, nor what the cache had
 * already.
 */
function comparable(text: string, folder: string): string {
  return text.replaceAll(`${folder}/`, '').replace(/"(seconds|computed)":(\{[^}]*\}|[\d.]+)/g, '')
}
