/**
 * What a service does under load, from a second process on the same machine, with good and bad pictures mixed.
 *
 *     npm run bench:serving -- [--minutes 10] [--pictures 300] [--concurrency 32] [--json]
 *         [--only steady,predict,latency,slow,swap] [--data DIR] [--cache-dir DIR]
 *
 * It serves a bundle of the default model with flowers and textures and asks: whether any good request fails; whether
 * memory stays flat; its throughput against `extend predict` on the same files, in turn; latency at half and at four
 * fifths of the load that it bears; whether 2,000 connections that never come to an end hold up others; and whether a
 * bundle that is replaced every 20 seconds is taken over without a dropped request or an answer of mixed labels. Every
 * answer is compared with that of the library for the revision that it names. A table goes to stdout, with `--json` a
 * line of figures after it.
 */
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { makeBundle, swap } from './serving/bundle.js'
import { percentile, startLoad, type Load, type PhaseResult } from './serving/load-process.js'
import { picturesToSend, type Sent } from './serving/pictures.js'
import { predictRate, startService, type Service } from './serving/service.js'
import { sharedArgs, sharedOptions } from './shared/options.js'
import { describeMachine } from './shared/machine.js'
import { say } from './shared/say.js'
import { markdown } from './shared/table.js'
import { median } from './speed/rounds.js'
import { withFolder } from './speed/temporary.js'

const { values } = parseArgs({
  options: {
    ...sharedArgs,
    minutes: { type: 'string', default: '10' },
    pictures: { type: 'string', default: '300' },
    concurrency: { type: 'string', default: '32' },
    json: { type: 'boolean', default: false },
  },
})
const { data, cacheDir, only } = sharedOptions(values, process.env)
const minutes = Number(values.minutes)
const concurrency = Number(values.concurrency)
const rounds = 3
const swapEvery = 20_000
/** A third more than are wanted at every instant, since the service closes some, which are opened anew. */
const slowConnections = 2600

const figures: Record<string, number> = {}
const faults: string[] = []
/** Pictures a second when it has all it can do. */
let bearable = NaN

await withFolder(async (folder) => {
  const sent = await picturesToSend(data, folder, Number(values.pictures))
  say('makes the bundle')
  const { bundle, references } = await makeBundle(data, cacheDir, folder, sent)
  await using service = await startService(bundle)
  using load = await startLoad({ url: service.url, sent, references }, folder)
  say(`serves at ${service.url}`)
  bearable = perSecond(await load.run({ seconds: 10, concurrency }))
  const sections = {
    steady: () => steady(load, service),
    predict: () => againstPredict(load, bundle, sent),
    latency: () => latencies(load),
    slow: () => besideSlowOnes(load),
    swap: () => whileSwapped(load, service, bundle),
  }
  for (const [name, measure] of Object.entries(sections)) if (only?.includes(name) ?? true) await measure()
  figures['megabytesAtEnd'] = await service.memory()
})

const rows = Object.entries(figures).map(([name, value]) => [
  name,
  Number.isInteger(value) ? String(value) : value.toPrecision(4),
])
const { cpu, cores, node, onnxruntime } = describeMachine()
const notes = [
  `\`npm run bench:serving -- ${process.argv.slice(2).join(' ')}\`; ${cpu}, ${cores} cores, Node ${node}, ONNX Runtime ${onnxruntime}.`,
  ...faults.map((fault) => `Fault: ${fault}`),
]
console.log(markdown({ title: 'Serving', columns: ['figure', 'measured'], rows, notes }))
if (values.json) console.log(JSON.stringify(figures))
if (faults.length > 0) process.exitCode = 1

/** As many at once as are allowed, for the whole time, with the memory at the end of each minute. */
async function steady(load: Load, service: Service): Promise<void> {
  const memory: number[] = []
  const phase = load.run({ seconds: 60 * minutes, concurrency })
  for (let minute = 1; minute <= minutes; minute++) {
    await setTimeout(60_000)
    memory.push(Math.round(await service.memory()))
    say(`minute ${minute}: ${memory.at(-1)} MB`)
  }
  const result = await phase
  note('steady', result)
  figures['steadyPerSecond'] = perSecond(result)
  memory.forEach((megabytes, i) => (figures[`megabytesMinute${i + 1}`] = megabytes))
  figures['memoryLastToSecond'] = memory.at(-1)! / memory[Math.min(1, memory.length - 1)]!
}

/** The service and prediction from files, in turn, so that what else the machine does meets both. */
async function againstPredict(load: Load, bundle: string, sent: readonly Sent[]): Promise<void> {
  const files = sent.map(({ file }) => file)
  const rates = { served: [] as number[], predict: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    rates.predict.push(await predictRate(bundle, [...files, ...files]))
    const result = await load.run({ seconds: (2 * files.length) / rates.predict.at(-1)!, concurrency })
    note('beside predict', result)
    rates.served.push(perSecond(result))
    say(`predict ${rates.predict.at(-1)!.toFixed(1)}, served ${rates.served.at(-1)!.toFixed(1)} pictures a second`)
  }
  figures['predictPerSecond'] = median(rates.predict)
  bearable = figures['servedPerSecond'] = median(rates.served)
  figures['servedToPredict'] = median(rates.served.map((rate, i) => rate / rates.predict[i]!))
}

async function latencies(load: Load): Promise<void> {
  for (const percent of [50, 80]) {
    const rate = (bearable * percent) / 100
    const result = await load.run({ seconds: Math.max(30, 6 * minutes), concurrency: 256, rate })
    note(`${percent} % load`, result)
    for (const p of [50, 95, 99]) figures[`p${p}At${percent}Ms`] = 1000 * percentile(result.latencies, p)
    say(`${percent} %: median ${figures[`p50At${percent}Ms`]!.toFixed(0)} ms`)
  }
}

async function besideSlowOnes(load: Load): Promise<void> {
  const rate = bearable / 2
  const result = await load.run({ seconds: Math.max(30, 6 * minutes), concurrency: 256, rate, slowConnections })
  note('beside slow connections', result)
  figures['slowConnectionsLeast'] = result.held!.least
  figures['slowConnectionsReopened'] = result.held!.reopened
  for (const p of [50, 95, 99]) figures[`p${p}BesideSlowMs`] = 1000 * percentile(result.latencies, p)
  say(`beside ${result.held!.least} slow connections: median ${figures['p50BesideSlowMs']!.toFixed(0)} ms`)
}

async function whileSwapped(load: Load, service: Service, bundle: string): Promise<void> {
  const seconds = Math.max(70, 18 * minutes)
  const rate = bearable / 2
  let isOver = false
  let swaps = 0
  const swapping = (async () => {
    for (let next = performance.now(); !isOver; next += swapEvery) {
      await setTimeout(Math.max(0, next - performance.now()))
      if (isOver) break
      await swap(bundle)
      swaps++
    }
  })()
  const result = await load.run({ seconds, concurrency: 256, rate })
  isOver = true
  await swapping
  note('while swapped', result)
  figures['swaps'] = swaps
  figures['answersOfFirst'] = result.variants[0]!
  figures['answersOfSecond'] = result.variants[1]!
  for (const p of [50, 95, 99]) figures[`p${p}WhileSwappedMs`] = 1000 * percentile(result.latencies, p)
  const warnings = service.log.filter((line) => !line.startsWith('Loading'))
  figures['warnings'] = warnings.length
  faults.push(...warnings.slice(0, 5))
}

function perSecond({ answered, refused, seconds }: PhaseResult): number {
  return (answered + refused) / seconds
}

function note(phase: string, { answered, refused, faultCount, faults: some }: PhaseResult): void {
  figures['goodRequests'] = (figures['goodRequests'] ?? 0) + answered
  figures['badRequests'] = (figures['badRequests'] ?? 0) + refused
  figures['faults'] = (figures['faults'] ?? 0) + faultCount
  faults.push(...some.map((fault) => `${phase}: ${fault}`))
  say(`${phase}: ${answered} good, ${refused} bad, ${faultCount} faults`)
}
