import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { median } from '../speed/rounds.js'

/** The program as it ships. */
const program = fileURLToPath(new URL('../../src/program/start.js', import.meta.url))
const sampleEvery = 1_000

export interface PredictOptions {
  readonly folder: string
  readonly model: string
  readonly cacheDir: string
  readonly out: string
  /** Seconds after which the process is killed. @default never */
  readonly killAfter?: number
}

/** What one process did. */
export interface Run {
  readonly seconds: number
  readonly wasKilled: boolean
  /** Megabytes resident: the median over the second tenth of the run, and over the last. */
  readonly early: number
  readonly late: number
}

/** Runs `extend predict --out --resume` in a process of its own. */
export async function predictInto({ folder, model, cacheDir, out, killAfter }: PredictOptions): Promise<Run> {
  const started = performance.now()
  const args = ['predict', folder, '--model', model, '--out', out, '--resume', '--quiet', '--cache-dir', cacheDir]
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
  const samples: number[] = []
  const sampling = setInterval(() => samples.push(residentMegabytes(child.pid!)), sampleEvery)
  const killing = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), 1000 * killAfter)
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  clearInterval(sampling)
  clearTimeout(killing)
  if (signal === null && code !== 0) throw new Error(`extend ended with ${code}`)
  const known = samples.filter(Number.isFinite)
  const tenth = (i: number) => {
    const part = known.slice(Math.floor((known.length * i) / 10), Math.ceil((known.length * (i + 1)) / 10))
    return part.length === 0 ? NaN : median(part)
  }
  return {
    seconds: (performance.now() - started) / 1000,
    wasKilled: signal !== null,
    early: tenth(1),
    late: tenth(9),
  }
}

/** The resident set, by Linux's own account; not a number elsewhere. */
function residentMegabytes(pid: number): number {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kilobytes) / 1024
  } catch {
    return NaN
  }
}

/** How many lines a file has, and whether a part of one is behind them. */
export async function countLines(file: string): Promise<{ lines: number; isTorn: boolean }> {
  const bytes = await readFile(file).catch(() => Buffer.alloc(0))
  let lines = 0
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) lines++
  return { lines, isTorn: bytes.length > 0 && bytes.at(-1) !== 0x0a }
}
