import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../src/program/start.js', import.meta.url))

/** `extend serve` in a process of its own. */
export interface Service extends AsyncDisposable {
  readonly url: string
  /** Resident memory in MB. */
  memory(): Promise<number>
  /** What it says on stderr. */
  readonly log: readonly string[]
}

export async function startService(bundle: string): Promise<Service> {
  const child = spawn(process.execPath, [program, 'serve', '--model', bundle, '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log: string[] = []
  createInterface(child.stderr).on('line', (line) => log.push(line))
  const lines = createInterface(child.stdout)
  const [line] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => {
      throw new Error(`the service did not start: ${log.join('\n')}`)
    }),
  ])) as [string]
  return {
    url: (JSON.parse(line) as { readonly url: string }).url,
    log,
    async memory() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
      return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1000
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

/** Pictures a second of `extend predict` on files, from its first answer to its last: its start does not count. */
export async function predictRate(bundle: string, files: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [program, 'predict', '-', '--model', bundle, '--json', '--quiet'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.stdin.end(files.join('\n'))
  let answers = 0
  let first = 0
  let last = 0
  for await (const line of createInterface(child.stdout)) {
    if (line === '') continue
    last = performance.now()
    if (answers++ === 0) first = last
  }
  if (answers !== files.length) throw new Error(`predict answered ${answers} of ${files.length} pictures`)
  return (answers - 1) / ((last - first) / 1000)
}
