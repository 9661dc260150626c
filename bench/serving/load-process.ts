import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Reference } from './bundle.js'
import type { Sent } from './pictures.js'
import type { HeldConnections } from './slow-connections.js'

export interface LoadSetup {
  readonly url: string
  readonly sent: readonly Sent[]
  readonly references: readonly Reference[]
}

export interface Phase {
  readonly seconds: number
  /** Requests at once; with a rate, connections. */
  readonly concurrency: number
  /** Requests a second, at random times. @default as many as are answered */
  readonly rate?: number
  /** Connections beside these that never come to an end. @default none */
  readonly slowConnections?: number
}

export interface PhaseResult {
  readonly seconds: number
  /** Good pictures, and bad ones. */
  readonly answered: number
  readonly refused: number
  /** The first of them. */
  readonly faults: readonly string[]
  readonly faultCount: number
  /** Answers of either revision. */
  readonly variants: readonly number[]
  /** Seconds of good pictures, the shortest first. */
  readonly latencies: readonly number[]
  readonly held?: HeldConnections
}

export interface Load extends Disposable {
  run(phase: Phase): Promise<PhaseResult>
}

/** Starts the process that sends requests. */
export async function startLoad(setup: LoadSetup, folder: string): Promise<Load> {
  const file = join(folder, 'load.json')
  await writeFile(file, JSON.stringify(setup))
  const child = fork(fileURLToPath(new URL('load.js', import.meta.url)), [file])
  await once(child, 'message')
  return {
    async run(phase) {
      child.send(phase)
      const [result] = (await once(child, 'message')) as [PhaseResult]
      return result
    },
    [Symbol.dispose]: () => void child.kill(),
  }
}

/** @param sorted the smallest first */
export function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil((percent / 100) * sorted.length) - 1)] ?? NaN
}
