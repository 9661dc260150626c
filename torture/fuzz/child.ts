/**
 * Fuzzes one target in a process of its own, which may end, hang or grow:
 *
 *     node dist/torture/fuzz/child.js TARGET --count N --seed S --last FILE [--input FILE]
 *
 * The input that is being read stands in the file `--last`. A line of JSON for every round, and at the end one with the
 * findings. With `--input`, that alone is read.
 */
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { withFolder } from '../shared/temporary.js'
import { startCoverage } from './coverage.js'
import { fuzz } from './fuzz.js'
import { faultOf, memoryFault } from './judge.js'
import { strangersIn } from './strangers.js'
import { targetNamed } from './targets.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    last: { type: 'string' },
    input: { type: 'string' },
  },
})
const target = targetNamed(positionals[0]!)
const tell = (message: object) => writeSync(1, `${JSON.stringify(message)}\n`)

await withFolder(async (around) => {
  const folder = join(around, 'inside')
  mkdirSync(folder)
  if (values.input !== undefined) {
    const opened = await target.open(folder)
    const what = await faultOf(() => opened.run(readFileSync(values.input!)))
    await opened.close?.()
    tell({ what: what ?? memoryFault() ?? (await strangersIn(around)) ?? null })
    return
  }
  const last = values.last === undefined ? undefined : openSync(values.last, 'w')
  await using coverage = await startCoverage()
  const start = performance.now()
  const { tried, findings, kept } = await fuzz(target, {
    count: Number(values.count),
    seed: values.seed,
    folder,
    coverage,
    onInput(input) {
      if (last === undefined) return
      ftruncateSync(last, input.length)
      writeSync(last, input, 0, input.length, 0)
    },
    async onRound(tried) {
      tell({ tried })
      return memoryFault() ?? (await strangersIn(around))
    },
  })
  if (last !== undefined) closeSync(last)
  const seconds = (performance.now() - start) / 1000
  const { maxRSS } = process.resourceUsage()
  const shown = findings.map(({ what, input }) => ({ what, input: Buffer.from(input).toString('base64') }))
  tell({ tried, kept, seconds, megabytes: maxRSS / 1000, findings: shown })
})
