/**
 * The evaluation protocol: what an addition costs the old classes and what the new ones gain, for the engine and for
 * the methods that people use, on the same features.
 *
 *     npm run bench:accuracy -- [--data DIR] [--only flowers,fewshot,…] [--shots 1,10] [--draws 10]
 *       [--cache-dir DIR] [--out DIR]
 *
 * Tables go to stdout, progress to stderr, and both a JSON and a Markdown report to bench/results/. Features come from
 * the one bottleneck cache: a second run decodes nothing.
 */
import type { ProgressEvent } from '../src/core/progress.js'
import { newTestSet, oldTestSet, trainingIncrement } from './accuracy/data.js'
import { training, views } from './accuracy/engine-defaults.js'
import { openLab, type Lab } from './accuracy/lab.js'
import { describeMachine } from './shared/machine.js'
import { say } from './shared/say.js'
import { accuracyOptions } from './accuracy/options.js'
import { reportText, writeReport } from './accuracy/report.js'
import type { SectionResult } from './accuracy/section.js'
import { sections } from './accuracy/sections/all.js'

const args = process.argv.slice(2)
const options = accuracyOptions(args, process.env)
const wanted = options.only ?? sections.map(({ name }) => name)
const unknown = wanted.filter((name) => !sections.some((section) => section.name === name))
if (unknown.length > 0) {
  throw new Error(`no section ${unknown.join(', ')}; there are ${sections.map(({ name }) => name).join(', ')}`)
}

const lab = await openLab({ data: options.data, cacheDir: options.cacheDir, onProgress: extractionProgress() })
try {
  const data = await countImages(lab)
  const results: Record<string, SectionResult> = {}
  for (const section of sections.filter(({ name }) => wanted.includes(name))) {
    const start = performance.now()
    results[section.name] = await section.run(lab, { ...options, say })
    say(`${section.name}: ${((performance.now() - start) / 1000).toFixed(0)} s`)
  }
  const { name, sha256, graphHash } = lab.backbone
  const report = {
    command: ['npm run bench:accuracy', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    versions: { model: name, modelSha256: sha256, graphSha256: graphHash },
    seeds: { views, training: training.seed, draws: Array.from({ length: options.draws }, (_, draw) => draw) },
    data,
    sections: results,
  }
  console.log(reportText(report))
  say(`written: ${await writeReport(options.out, report)}`)
} finally {
  await lab.close()
}

/** A line every hundred images, and none where all come from the cache. */
function extractionProgress(): (event: ProgressEvent) => void {
  let last = 0
  return (event) => {
    if (event.type === 'warning') say(event.message)
    if (event.type !== 'progress' || event.unit !== 'images') return
    if (event.done < last) last = 0
    if (event.done - last < 100 || event.done === event.total) return
    last = event.done
    say(`${event.stage}: ${event.done} of ${event.total} images`)
  }
}

async function countImages(lab: Lab): Promise<Record<string, number>> {
  const { image } = lab.rehearsal
  const counts: Record<string, number> = { rehearsal: new Set(image).size }
  for (const name of ['flowers', 'textures', 'materials', 'cards']) {
    const { increment } = await trainingIncrement(lab, name, 'separate')
    counts[`${name}/train`] = increment.classes.reduce((sum, { images }) => sum + images, 0)
    counts[`${name}/val`] = (await newTestSet(lab, name)).count
  }
  counts['imagenet-test'] = (await oldTestSet(lab)).count
  return counts
}
