/**
 * What the engine finds in published classifiers and what an addition does to them: for every ONNX file of a folder,
 * what `inspect` says with no option, whether the old logits keep their bits, and the figures of `evaluate` beside the
 * base's own. Of the folders in its `wild/`, classifiers as people publish them: what is found beside what is
 * documented, and the logits.
 *
 *     npm run bench:models -- [--models DIR] [--data DIR] [--only mobilenet,squeezenet] [--photographs 8]
 *       [--cache-dir DIR] [--out DIR]
 *
 * DIR of the data holds flowers/train, flowers/val, imagenet-1-per-class (old images to rehearse with) and
 * imagenet-test. A table goes to stdout, progress to stderr, and a JSON and a Markdown report to bench/results/.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writeFileAtomic } from '../src/core/atomic-write.js'
import { usualCacheDir } from './shared/cache-dir.js'
import { describeMachine, machineName } from './shared/machine.js'
import { say } from './shared/say.js'
import { tryModel, type ModelFigures } from './models/try-model.js'
import { tryWild, type WildFigures, type WildRefusal } from './models/try-wild.js'
import { reportOf } from './models/report.js'

const { values } = parseArgs({
  options: {
    models: { type: 'string', default: '../shared/models' },
    data: { type: 'string', default: '../shared/data' },
    only: { type: 'string', default: '' },
    photographs: { type: 'string', default: '8' },
    'cache-dir': { type: 'string' },
    out: { type: 'string', default: 'bench/results' },
  },
})
const cacheDir = values['cache-dir'] ?? usualCacheDir(process.env)
const wanted = values.only.split(',')
const files = (await readdir(values.models))
  .filter((name) => name.endsWith('.onnx') && wanted.some((part) => name.includes(part)))
  .sort()
const wildFolder = join(values.models, 'wild')
const folders = (await readdir(wildFolder, { withFileTypes: true }).catch(() => []))
  .filter((entry) => entry.isDirectory() && wanted.some((part) => `wild/${entry.name}`.includes(part)))
  .map(({ name }) => name)
  .sort()
if (files.length + folders.length === 0)
  throw new Error(`no ONNX file in ${values.models} has a name with ${values.only}`)

const options = { data: values.data, cacheDir, photographs: Number(values.photographs), say }
const figures: ModelFigures[] = []
for (const name of files) {
  const start = performance.now()
  figures.push(await tryModel(join(values.models, name), options))
  say(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s`)
}
const wild: (WildFigures | WildRefusal)[] = []
for (const name of folders) {
  wild.push(await tryWild(join(wildFolder, name), options))
  say(`${name}: tried`)
}

const args = process.argv.slice(2)
const report = {
  command: ['npm run bench:models', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
  date: new Date().toISOString().slice(0, 10),
  machine: describeMachine(),
  models: figures,
  wild,
}
const text = reportOf(report)
console.log(text)
const path = join(values.out, `models-${machineName(report.machine)}-${report.date}`)
await writeFileAtomic(`${path}.json`, `${JSON.stringify(report, null, 2)}\n`)
await writeFileAtomic(`${path}.md`, text)
say(`written: ${path}.json`)
