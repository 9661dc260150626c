import { readFileSync } from 'node:fs'
import { availableParallelism, freemem } from 'node:os'

/** How many sessions of a graph run side by side, and how many threads each of them has. */
export interface InstancePlan {
  readonly count: number
  /** @default one for each core */
  readonly threads?: number
}

/** One session, which answers a single picture soonest. */
export const singleInstance: InstancePlan = { count: 1 }

/** More of them would each see too few of some hundred pictures, and take memory for little. */
const mostInstances = 4

/** What a session takes beside its weights, which it holds twice at the most: between 30 and 170 MB were measured. */
const activationBytes = 160 * 2 ** 20

/** The share of the memory that all sessions of a graph may take together. */
const memoryShare = 1 / 4

/**
 * One thread a session, as far as the processor's cores go round among four sessions; a single session where the memory
 * is too small for several.
 *
 * @param modelBytes size of the ONNX file
 */
export function planInstances(
  modelBytes: number,
  cores = availableParallelism(),
  memoryBytes = availableMemory(),
): InstancePlan {
  const threads = Math.ceil(cores / mostInstances)
  const affordable = Math.floor((memoryShare * memoryBytes) / (2 * modelBytes + activationBytes))
  const count = Math.floor(cores / threads)
  return affordable >= count && count > 1 ? { count, threads } : singleInstance
}

/** What the machine has free, or a container may take at all, where that is less. */
function availableMemory(): number {
  try {
    const limit = Number(readFileSync('/sys/fs/cgroup/memory.max', 'utf8'))
    if (Number.isFinite(limit)) return Math.min(limit, freemem())
  } catch {
    // Not every system has control groups.
  }
  return freemem()
}
