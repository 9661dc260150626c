/**
 * What the advice on data sets is worth: expected accuracy and forecasts against what is measured, the ruler of domain
 * shifts, and what training on suggested images brings.
 *
 *     npm run bench:advice -- [--data DIR] [--only shift,samples,expected,curve,suggest] [--draws 10]
 *       [--cache-dir DIR]
 *
 * Tables go to stdout, progress to stderr.
 */
import { openLab } from './accuracy/lab.js'
import { accuracyOptions } from './accuracy/options.js'
import type { SectionResult } from './accuracy/section.js'
import { sections } from './advice/all.js'
import { say } from './shared/say.js'
import { markdown } from './shared/table.js'

const args = process.argv.slice(2)
const options = accuracyOptions(args, process.env)
const wanted = options.only ?? sections.map(({ name }) => name)
const unknown = wanted.filter((name) => !sections.some((section) => section.name === name))
if (unknown.length > 0) {
  throw new Error(`no section ${unknown.join(', ')}; there are ${sections.map(({ name }) => name).join(', ')}`)
}

const lab = await openLab(options)
try {
  const results: Record<string, SectionResult> = {}
  for (const section of sections.filter(({ name }) => wanted.includes(name))) {
    const start = performance.now()
    const result = await section.run(lab, { ...options, say })
    results[section.name] = result
    console.log(result.tables.map(markdown).join('\n'))
    say(`${section.name}: ${((performance.now() - start) / 1000).toFixed(0)} s`)
  }
} finally {
  await lab.close()
}
