/**
 * Tries to break it, for a long time.
 *
 *     npm run torture -- [--only kills,faults,…] [--count N] [--seed S] [--case REGEXP] [--json]
 *
 * Progress goes to stderr; a table of what was tried and what was found to stdout, with `--json` a line of the same
 * after it. Ends with 1 where anything was found: every fault comes with the case that repeats it. The tests of
 * test/torture/ run the same sections with small counts.
 */
import { describeMachine } from '../bench/shared/machine.js'
import { say } from '../bench/shared/say.js'
import { markdown } from '../bench/shared/table.js'
import { parseArguments, usage, type Arguments } from './arguments.js'
import type { Outcome, Section } from './section.js'
import { loadSection } from './sections.js'

const given = await understood()
const interruption = new AbortController()
process.once('SIGINT', () => interruption.abort())

type Result = Outcome & { readonly name: string; readonly seconds: number }
const results: Result[] = []
for (const { name, what, count, run } of given.sections) {
  say(`${name}: ${what}`)
  const start = performance.now()
  const task = {
    count: given.count ?? count,
    seed: given.seed,
    only: given.case,
    signal: interruption.signal,
    say,
  }
  const outcome = await run(task)
  const seconds = Math.round((performance.now() - start) / 1000)
  say(`${name}: ${outcome.tried} tried, ${outcome.faults.length} faults, ${seconds} s`)
  results.push({ name, ...outcome, seconds })
  if (interruption.signal.aborted) break
}

const { cpu, cores, node, onnxruntime } = describeMachine()
const rows = results.map(({ name, tried, faults, seconds }) => [name, ...[tried, faults.length, seconds].map(String)])
const notes = [
  `Seed ${given.seed}; ${cpu}, ${cores} cores, Node ${node}, ONNX Runtime ${onnxruntime}.`,
  ...results.flatMap(({ name, figures }) => {
    const list = Object.entries(figures).map(([figure, value]) => `${figure} ${Number(value.toPrecision(4))}`)
    return list.length > 0 ? [`${name}: ${list.join(', ')}.`] : []
  }),
  ...results.flatMap(({ name, skipped = [] }) => skipped.map((reason) => `${name}: skipped: ${reason}`)),
  ...results.flatMap(({ name, faults }) => faults.map((fault) => `Fault in ${name} (${fault.case}): ${fault.what}`)),
]
console.log(markdown({ title: 'Torture', columns: ['section', 'tried', 'faults', 'seconds'], rows, notes }))
if (given.json) console.log(JSON.stringify(results))
const isNothingTried = results.every(({ tried, skipped = [] }) => tried === 0 && skipped.length === 0)
if (isNothingTried) say('nothing was tried')
if (isNothingTried || results.some(({ faults }) => faults.length > 0)) process.exitCode = 1

async function understood(): Promise<Arguments & { readonly sections: readonly Section[] }> {
  try {
    const given = parseArguments(process.argv.slice(2))
    if (given.help) {
      console.log(usage)
      process.exit(0)
    }
    return { ...given, sections: await Promise.all(given.only.map(loadSection)) }
  } catch (error) {
    console.error(`torture: ${error instanceof Error ? error.message : String(error)}\n${usage}`)
    process.exit(2)
  }
}
