/**
 * Whether `advise` finds faults that were planted into a copy of flowers/train, for several seeds:
 * `npm run bench:faults -- --seeds 5`. Writes bench/results/faults.md.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { advise } from '../src/workflow/advise.js'
import type { Advice } from '../src/advice/advice.js'
import {
  copyDataSet,
  moveIntoWrongFolders,
  plantNearDuplicates,
  plantStrangers,
  saveAgain,
  type Field,
} from '../test/support/plant-faults.js'
import { usualCacheDir } from './shared/cache-dir.js'
import { describeMachine } from './shared/machine.js'
import { say } from './shared/say.js'

const data = resolve('../shared/data')
const cacheDir = usualCacheDir(process.env)

/** Faults of one kind: plants them, and says what of them the advice found. */
type Fault = (field: Field) => Promise<(advice: Advice) => string>

const faults: Readonly<Record<string, Fault>> = {
  'wrong folders, 5 %': async (field) => {
    const moved = new Set(await moveIntoWrongFolders(field, 0.05))
    return ({ mislabelled }) => {
      const tenth = mislabelled.slice(0, Math.round(mislabelled.length / 10))
      const likely = mislabelled.filter((one) => one.likely)
      const found = (part: typeof tenth) => part.filter(({ file }) => moved.has(file)).length
      return `${found(tenth)} of ${moved.size} in the first tenth (${share(found(tenth), moved.size)}), ${found(likely)} among ${likely.length} marked`
    }
  },
  'near-duplicates, 20': async (field) => {
    const pairs = await plantNearDuplicates(field, 20)
    const copies = new Set(pairs.map(([, copy]) => copy))
    return ({ duplicates }) => {
      const found = pairs.filter((pair) => duplicates.some(({ files }) => pair.every((file) => files.includes(file))))
      const others = duplicates.filter(({ files }) => !files.some((file) => copies.has(file)))
      return `${found.length} of 20 found, ${others.length} others named`
    }
  },
  'textures, 10': async (field) => {
    const strangers = new Set(await plantStrangers(field, join(data, 'textures/train'), 10))
    return ({ outliers }) => {
      const first = outliers.slice(0, 20)
      const ranks = outliers.flatMap(({ file }, i) => (strangers.has(file) ? [i + 1] : []))
      return `${first.filter(({ file }) => strangers.has(file)).length} of 10 among the first 20, the last two at ${ranks.slice(-2).join(' and ')}`
    }
  },
  'one class at JPEG quality 20': async (field) => {
    const label = field.classes[field.random.integer(field.classes.length)]!
    await saveAgain(field, label, 20)
    return ({ giveaways }) => {
      const said = giveaways.find((one) => one.attribute === 'jpeg-quality' && one.label === label)
      const others = giveaways.filter((one) => one !== said).map(({ label: of, attribute }) => `${attribute} of ${of}`)
      return `${said === undefined ? `not said of ${label}` : `said of ${label}: ${said.value} and ${said.others}`}, beside ${others.length === 0 ? 'nothing else' : others.join(', ')}`
    }
  },
}

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '5' } } })
const lines: string[] = []
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1)
for (const [name, plant] of Object.entries(faults)) for (const seed of seeds) await run(seed, name, [plant])
for (const seed of seeds) await run(seed, 'all of these at once', Object.values(faults))
const { cpu, cores, node, onnxruntime } = describeMachine()
const text = `# Planted faults\n\n${cpu}, ${cores} cores, Node ${node}, ONNX Runtime ${onnxruntime}\n\n${lines.join('\n')}\n`
await mkdir('bench/results', { recursive: true })
await writeFile('bench/results/faults.md', text)

async function run(seed: number, name: string, plants: readonly Fault[]): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'nplusk-advice-'))
  try {
    const folder = join(work, 'flowers')
    const field = await copyDataSet(join(data, 'flowers/train'), folder, seed)
    const judges: Awaited<ReturnType<Fault>>[] = []
    for (const plant of plants) judges.push(await plant(field))
    const advice = await advise({ cacheDir, model: 'inception-v3', folder, device: 'cpu' })
    for (const judge of judges) {
      const line = `- seed ${seed}, ${name}: ${judge(advice)}; ${advice.seconds.total!.toFixed(0)} s`
      lines.push(line)
      say(line)
    }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

function share(part: number, whole: number): string {
  return (part / whole).toFixed(2)
}
