/**
 * Decoded pictures a second, by the threads of one process, as the library does it, and by processes that write pixels
 * into shared memory; rounds in turn, and whether the bytes are the same.
 *
 *     npm run bench:decoding -- [--data DIR] [--images 200] [--rounds 7] [--processes N,N]
 *
 * The table goes to stdout. The script of npm gives one thread to each core; processes have one core each by default.
 */
import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { prefetch } from '../src/core/prefetch.js'
import { listImages } from '../src/folders/folder.js'
import { loadImage } from '../src/image/decode.js'
import type { Preprocess } from '../src/image/types.js'
import { ProcessPool } from './decoding/process-pool.js'
import { describeMachine } from './shared/machine.js'
import { markdown } from './shared/table.js'
import { interleaved, median } from './speed/rounds.js'

interface Way {
  decode(file: string): Promise<Uint8Array>
  readonly atOnce: number
  /** Processor time of its processes so far, in microseconds. */
  cpu(): number
}

function ownCpu(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    images: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '7' },
    processes: { type: 'string', default: `${availableParallelism()}` },
  },
})
const preprocess: Preprocess = {
  width: 299,
  height: 299,
  resize: 'squash',
  cropFraction: 0.875,
  interpolation: 'bilinear',
}
const files = (await listImages(join(values.data, 'imagenet-1-per-class'))).slice(0, Number(values.images))
const threads = Number(process.env.UV_THREADPOOL_SIZE ?? 4)

const ways: Record<string, Way> = {
  [`${threads} threads`]: { decode: (file) => loadImage(file, preprocess), atOnce: 2 * threads, cpu: ownCpu },
}
const pools: ProcessPool[] = []
try {
  for (const count of values.processes.split(',').map(Number)) {
    const pool = await ProcessPool.open(count, preprocess)
    pools.push(pool)
    ways[`${count} processes`] = {
      decode: (file) => pool.decode(file),
      atOnce: 4 * count,
      cpu: () => pool.cpu() + ownCpu(),
    }
  }
  await compare()
} finally {
  for (const pool of pools) await pool.close()
}

async function compare(): Promise<void> {
  const hashes = new Set<string>()
  for (const way of Object.values(ways)) hashes.add(await hashOfAll(way))
  const cpu = Object.fromEntries(Object.keys(ways).map((name) => [name, 0]))
  const rounds = Object.entries(ways).map(([name, way]) => {
    const round = async () => {
      const before = way.cpu()
      await eachDecoded(way, () => undefined)
      cpu[name]! += way.cpu() - before
    }
    return [name, round] as const
  })
  const seconds = await interleaved(Number(values.rounds), Object.fromEntries(rounds))
  const machine = describeMachine()
  const table = {
    title: 'Decoding',
    columns: ['way', 'pictures a second', 'least', 'most', 'processor time a picture (ms)'],
    rows: Object.entries(seconds).map(([way, of]) => [
      way,
      ...[median(of), Math.max(...of), Math.min(...of)].map((one) => (files.length / one).toFixed(1)),
      (cpu[way]! / 1000 / of.length / files.length).toFixed(2),
    ]),
    notes: [
      `${files.length} pictures, ${values.rounds} rounds in turn; ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}.`,
      hashes.size === 1 ? 'The bytes are the same.' : 'The bytes DIFFER.',
    ],
  }
  console.log(markdown(table))
}

async function hashOfAll(way: Way): Promise<string> {
  const hash = createHash('sha256')
  await eachDecoded(way, (pixels) => hash.update(pixels))
  return hash.digest('hex')
}

async function eachDecoded({ decode, atOnce }: Way, use: (pixels: Uint8Array) => unknown): Promise<void> {
  for await (const settled of prefetch(files, atOnce, decode)) {
    if ('error' in settled) throw settled.error
    use(settled.value)
  }
}
