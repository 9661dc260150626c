/**
 * How fast it is, against something that ran beside it: machines differ, ratios less so.
 *
 *     npm run bench -- [--only predict,train,…] [--json] [--data DIR] [--cache-dir DIR] [--out DIR]
 *
 * The table goes to stdout, progress to stderr, and both a JSON and a Markdown report to bench/results/; with `--json`
 * the last line is a JSON object of all figures.
 */
import { describeMachine } from './shared/machine.js'
import { say } from './shared/say.js'
import { markdown } from './shared/table.js'
import { forkSection } from './speed/fork-section.js'
import { speedOptions } from './speed/options.js'
import { figureTable, writeReport } from './speed/report.js'
import { sections } from './speed/sections/all.js'

const args = process.argv.slice(2)
const { data, cacheDir, out, only, json } = speedOptions(args, process.env)
const wanted = only ?? sections.map(({ name }) => name)
const unknown = wanted.filter((name) => !sections.some((section) => section.name === name))
if (unknown.length > 0) {
  throw new Error(`no section ${unknown.join(', ')}; there are ${sections.map(({ name }) => name).join(', ')}`)
}

const figures: Record<string, number> = {}
for (const { name } of sections.filter(({ name }) => wanted.includes(name))) {
  const start = performance.now()
  Object.assign(figures, await forkSection(name, { data, cacheDir }))
  say(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s`)
}
const report = {
  command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
  date: new Date().toISOString().slice(0, 10),
  machine: describeMachine(),
  figures,
}
console.log(markdown(figureTable(figures)))
say(`written: ${await writeReport(out, report)}`)
if (json) console.log(JSON.stringify(figures))
