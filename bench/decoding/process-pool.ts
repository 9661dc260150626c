import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { access, constants, mkdtemp, open, rm, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Preprocess } from '../../src/image/types.js'

export interface DecodeJob {
  readonly file: string
  readonly slot: number
}

export interface DecodeAnswer {
  readonly slot: number
  readonly error?: string
  /** Processor time that the process has taken so far, in microseconds. */
  readonly cpu: NodeJS.CpuUsage
}

/** Pictures that a process has at once: one is decoded while the next is read. */
const atOnce = 2

/** Decodes pictures in processes, which write their pixels into a file in memory that is read from here. */
export class ProcessPool {
  readonly #children: readonly ChildProcess[]
  readonly #folder: string
  readonly #shared: FileHandle
  readonly #bytes: number
  readonly #free: number[]
  readonly #waiting: ((slot: number) => void)[] = []
  readonly #cpu: NodeJS.CpuUsage[] = []
  readonly #done = new Map<number, (error: string | undefined) => void>()

  private constructor(children: readonly ChildProcess[], folder: string, shared: FileHandle, bytes: number) {
    this.#children = children
    this.#folder = folder
    this.#shared = shared
    this.#bytes = bytes
    this.#free = Array.from({ length: children.length * atOnce }, (_, slot) => slot)
    for (const [i, child] of children.entries()) {
      child.on('message', ({ slot, error, cpu }: DecodeAnswer) => {
        this.#cpu[i] = cpu
        this.#done.get(slot)!(error)
      })
    }
  }

  static async open(processes: number, preprocess: Preprocess): Promise<ProcessPool> {
    const folder = await mkdtemp(join(await memoryFolder(), 'nplusk-decoding-'))
    const path = join(folder, 'pixels')
    const shared = await open(path, 'w+')
    const file = fileURLToPath(new URL('decode-child.js', import.meta.url))
    const children = Array.from({ length: processes }, () => fork(file, [path, JSON.stringify(preprocess)]))
    await Promise.all(children.map((child) => once(child, 'message')))
    return new ProcessPool(children, folder, shared, preprocess.width * preprocess.height * 3)
  }

  /** The pixels of a picture's plain view. */
  async decode(file: string): Promise<Uint8Array> {
    const slot = this.#free.pop() ?? (await new Promise<number>((resolve) => this.#waiting.push(resolve)))
    const answered = new Promise<string | undefined>((resolve) => this.#done.set(slot, resolve))
    this.#children[slot % this.#children.length]!.send({ file, slot } satisfies DecodeJob)
    const error = await answered
    if (error !== undefined) throw new Error(error)
    const pixels = new Uint8Array(this.#bytes)
    await this.#shared.read(pixels, 0, this.#bytes, slot * this.#bytes)
    const next = this.#waiting.shift()
    if (next) next(slot)
    else this.#free.push(slot)
    return pixels
  }

  /** Processor time that the processes have taken so far, in microseconds. */
  cpu(): number {
    return this.#cpu.reduce((sum, { user, system }) => sum + user + system, 0)
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#children.map(async (child) => {
        const exit = once(child, 'exit')
        child.disconnect()
        await exit
      }),
    )
    await this.#shared.close()
    await rm(this.#folder, { recursive: true })
  }
}

/** Where files lie in memory on Linux; elsewhere, where temporary files do. */
async function memoryFolder(): Promise<string> {
  try {
    await access('/dev/shm', constants.W_OK)
    return '/dev/shm'
  } catch {
    return tmpdir()
  }
}
