import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs a compiled file of this project in a process of its own, and gives what it prints, from JSON. */
export async function runChild<Result>(path: string, args: readonly string[], cwd = '.'): Promise<Result> {
  // Compiled code runs from dist/bench/speed.
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url))
  const { stdout } = await run(process.execPath, [file, ...args], { cwd, maxBuffer: 2 ** 26 })
  return JSON.parse(stdout) as Result
}

/** `extend …  --json`, process start included. */
export function runExtend<Result>(args: readonly string[]): Promise<Result> {
  return runChild<Result>('src/program/start.js', [...args, '--json', '--quiet'])
}
