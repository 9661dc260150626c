import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { tensorNames } from '../../../src/backbone/prepare.js'
import { forkSides } from '../fork-sides.js'
import { batchSize } from '../pixels.js'
import type { SpeedSection } from '../section.js'
import type { SessionThreadData } from '../session-thread.js'
import type { OpenSide } from '../side.js'
import { bareBatch, predictSides } from './predict.js'

const cores = availableParallelism()
/** Batches that each session runs in a round. */
const times = 6
const rounds = 7

export const sessionSides = {
  one: (context) => predictSides.session(context),
  async many(context) {
    const { model, batch } = await bareBatch(context)
    const workerData: SessionThreadData = { model, input: tensorNames.image, batch }
    const file = new URL('../session-thread.js', import.meta.url)
    const threads = Array.from({ length: cores }, () => new Worker(file, { workerData }))
    await Promise.all(threads.map((thread) => once(thread, 'message')))
    return {
      count: cores * times * batchSize,
      round: () =>
        Promise.all(
          threads.map((thread) => {
            thread.postMessage(times)
            return once(thread, 'message')
          }),
        ),
      close: async () => {
        await Promise.all(threads.map((thread) => thread.terminate()))
      },
    }
  },
} satisfies Record<string, OpenSide>

/** One session for each core, of one thread each, against one session of all cores, as it is used. */
export const sessions: SpeedSection = {
  name: 'sessions',
  async run(context) {
    const a = await forkSides('sessions', ['one', 'many'], rounds, context)
    context.say(`sessions: ${a.many.toFixed(1)} images a second by ${cores}, ${a.one.toFixed(1)} by one`)
    return { sessionPerCoreVsOne: a.many / a.one }
  },
}
