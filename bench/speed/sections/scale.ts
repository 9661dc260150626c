import { execFile } from 'node:child_process'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { FeatureTable } from '../../../src/features/table.js'
import { tableChunks } from '../../../src/bundle/table-file.js'
import { syntheticTable } from '../scale/synthetic-table.js'
import type { SpeedSection } from '../section.js'

const classes = 100
const dim = 2048
const sizes = [50_000, 100_000, 150_000, 200_000]
const trainFile = fileURLToPath(new URL('../scale/train-file.js', import.meta.url))

/** Memory and time of training on very many images, each size in a process of its own. */
export const scale: SpeedSection = {
  name: 'scale',
  async run({ say }) {
    const folder = await mkdtemp(join(tmpdir(), 'nplusk-scale-'))
    try {
      const file = join(folder, 'features.safetensors')
      say(`scale: making ${sizes.at(-1)} features of ${dim}`)
      await write(file, syntheticTable({ count: sizes.at(-1)!, dim, classes, separation: 0.2, seed: 1 }))
      const seconds: number[] = []
      const cpuSeconds: number[] = []
      let largest = 0
      for (const size of sizes) {
        const { stdout } = await promisify(execFile)(process.execPath, [trainFile, file, `${size}`, `${classes}`])
        const result = JSON.parse(stdout) as { seconds: number; cpuSeconds: number; peak: number }
        say(`scale: ${size} images: ${JSON.stringify(result)}`)
        seconds.push(result.seconds)
        cpuSeconds.push(result.cpuSeconds)
        largest = Math.max(largest, result.peak)
      }
      return {
        scalePeakMiB: largest, // Of the processors' time, which what else the machine does disturbs least.
        scaleLinearR2: linearR2(sizes, cpuSeconds),
        scaleSeconds: seconds.at(-1)!,
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

async function write(path: string, table: FeatureTable): Promise<void> {
  const file = await open(path, 'w')
  try {
    for (const piece of tableChunks(table)) await file.writeFile(piece)
  } finally {
    await file.close()
  }
}

/** r² of the straight line of least squares. */
export function linearR2(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanX, meanY] = [mean(x), mean(y)]
  const product = (a: readonly number[], meanA: number, b: readonly number[], meanB: number) =>
    a.reduce((sum, value, i) => sum + (value - meanA) * (b[i]! - meanB), 0)
  return product(x, meanX, y, meanY) ** 2 / (product(x, meanX, x, meanX) * product(y, meanY, y, meanY))
}
