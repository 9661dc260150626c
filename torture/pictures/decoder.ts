import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What came of decoding a picture. */
export interface Decoded {
  readonly outcome: 'read' | 'refused' | 'fault'
  /** The error or the fault. */
  readonly what: string
  /** Of processor time, in all its threads. */
  readonly seconds: number
  /** The most memory that the process has had so far. */
  readonly peakBytes: number
  /** Longest time in seconds for which the event loop stood still. */
  readonly standstill: number
}

const program = fileURLToPath(new URL('./decode-process.js', import.meta.url))
/** Milliseconds after which a picture hangs, on a machine that does other things as well. */
const patience = 120_000
const mostSeconds = 10
const mostBytes = 2 * 2 ** 30

/** A process that decodes pictures; another one takes its place when it has ended. */
export class Decoder implements Disposable {
  #process: ChildProcess | undefined

  /** Decodes a picture; too much time or memory, and the end of the process, are faults. */
  async decode(bytes: Uint8Array): Promise<Decoded> {
    const child = (this.#process ??= fork(program, { serialization: 'advanced' }))
    const answer = await answerOf(child, bytes)
    if (typeof answer === 'string') {
      this.#process = undefined
      return { outcome: 'fault', what: answer, seconds: 0, peakBytes: 0, standstill: 0 }
    }
    if (answer.outcome === 'fault') return answer
    if (answer.peakBytes > mostBytes) {
      // Its peak would be that of every later picture as well.
      this[Symbol.dispose]()
      return { ...answer, outcome: 'fault', what: `it takes ${(answer.peakBytes / 1e9).toFixed(1)} GB` }
    }
    if (answer.seconds > 3 * mostSeconds) {
      return { ...answer, outcome: 'fault', what: `it takes ${(answer.seconds / 3).toFixed(0)} s` }
    }
    return answer
  }

  [Symbol.dispose](): void {
    this.#process?.kill('SIGKILL')
    this.#process = undefined
  }
}

/** What a process answers, or in words how it has ended. */
function answerOf(child: ChildProcess, bytes: Uint8Array): Promise<Decoded | string> {
  return new Promise((resolve) => {
    const settle = (answer: Decoded | string) => {
      clearTimeout(timer)
      child.removeAllListeners()
      resolve(answer)
    }
    const timer = setTimeout(() => {
      settle(`it is not done after ${patience / 1000} s`)
      child.kill('SIGKILL')
    }, patience)
    child.once('message', (answer) => settle(answer as Decoded))
    child.once('exit', (code, signal) => settle(`it ends its process with ${signal ?? code}`))
    child.once('error', (error) => settle(`its process cannot be reached: ${error.message}`))
    child.send({ bytes })
  })
}
