import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Fault, Section } from '../section.js'
import { runLife } from '../shared/run-life.js'
import { withFolder } from '../shared/temporary.js'
import type { Line } from './life.js'

const program = fileURLToPath(new URL('life.js', import.meta.url))

/** Processor time that a call may take to end once it is aborted: other programs may have the processor meanwhile. */
const maxProcessorMs = 2_000

export const section: Section = {
  name: 'aborts',
  what: 'an AbortSignal at random instants of every call that takes one: it ends soon, as ABORTED or done, the bundle is whole, and nothing is left open or lying about',
  count: 1_000,
  run: ({ count, seed, signal, say }) =>
    withFolder(async (folder) => {
      const faults: Fault[] = []
      const milliseconds: number[] = []
      let aborted = 0
      const args = [program, join(folder, 'world'), String(seed), String(count)]
      const ending = await runLife<Line>(args, folder, signal, (line) => {
        if (line.kind === 'end') {
          faults.push(...line.left.map((what) => ({ case: 'after all', what })))
          return
        }
        if (line.outcome === 'aborted') aborted++
        milliseconds.push(line.milliseconds)
        const late = line.processorMs > maxProcessorMs ? [`ends after ${Math.round(line.processorMs)} ms`] : []
        for (const what of [...line.wrong, ...late]) {
          say(`${line.name} (${line.case}): ${what}`)
          faults.push({ case: `${line.case}, ${line.name}`, what })
        }
      })
      milliseconds.sort((a, b) => a - b)
      const quantile = (share: number) => milliseconds[Math.floor(share * (milliseconds.length - 1))] ?? 0
      return {
        tried: milliseconds.length,
        faults: [...faults, ...ending.faults],
        figures: {
          aborted,
          'median to the end (ms)': quantile(0.5),
          'longest to the end (ms)': quantile(1),
          'ending (ms)': ending.milliseconds,
        },
      }
    }),
}
