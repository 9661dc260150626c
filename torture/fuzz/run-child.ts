import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { mostMs } from './judge.js'
import type { Finding } from './target.js'

/** Milliseconds without a word from a child: its rounds of 64 inputs take some hundreds. */
const patience = 6 * mostMs
const childFile = fileURLToPath(new URL('./child.js', import.meta.url))
/** Megabytes of JavaScript's heap. */
const mostHeap = 2000

export interface ChildOptions {
  readonly count: number
  readonly seed: number
  readonly signal: AbortSignal
  /** File that the input being read is kept in. */
  readonly last: string
  readonly variables: Readonly<Record<string, string>>
}

export interface ChildOutcome {
  readonly tried: number
  readonly seconds: number
  readonly kept: number
  readonly findings: readonly Finding[]
}

interface Message {
  readonly tried: number
  readonly kept?: number
  readonly findings?: readonly { readonly what: string; readonly input: string }[]
}

/** Fuzzes a target in a process of its own; that it ends or hangs is a finding too. */
export async function fuzzInChild(target: string, options: ChildOptions): Promise<ChildOutcome> {
  const { count, seed, signal, last, variables } = options
  const args = [`--max-old-space-size=${mostHeap}`, childFile, target, '--count', String(count), '--seed', String(seed)]
  const start = performance.now()
  const child = spawn(process.execPath, [...args, '--last', last], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...variables },
    signal,
  })
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signalName) => resolve(signalName ?? String(code)))
  })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => (complaint = `${complaint}${chunk.toString()}`.slice(-2000)))
  let message: Message = { tried: 0 }
  let isHanging = false
  const watch = () =>
    setTimeout(() => {
      isHanging = true
      child.kill('SIGKILL')
    }, patience)
  let timer = watch()
  for await (const line of createInterface({ input: child.stdout })) {
    message = JSON.parse(line) as Message
    clearTimeout(timer)
    timer = watch()
  }
  const end = await exited
  clearTimeout(timer)
  const { tried, kept = 0, findings = [] } = message
  const told = findings.map(({ what, input }) => ({ what, input: Buffer.from(input, 'base64') }))
  const done = { tried, kept, seconds: (performance.now() - start) / 1000 }
  if (message.findings !== undefined || signal.aborted) return { ...done, findings: told }
  const what = isHanging
    ? `It is not read within ${patience / 1000} s.`
    : `The process ends (${end}) while it is read: ${lastLines(complaint)}`
  return { ...done, findings: [...told, { what, input: await readFile(last) }] }
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' ').slice(0, 400)
}
