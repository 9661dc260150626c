import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { putPictures, type Picture } from './pictures.js'
import { runSteps } from './run-steps.js'
import { stepsOf, warmingStep, type Step, type Subject } from './steps.js'
import { usual, type Surroundings } from './surroundings.js'
import { differences } from './written.js'

/** Where folders can be made that lie in memory. */
const memory = '/dev/shm'

/** What is done in all surroundings alike. */
export interface Experiment {
  readonly subject: Subject
  readonly pictures: readonly Picture[]
  /** @default all of `stepsOf` */
  readonly steps?: readonly Step[]
  /** A folder for what outlives a run. */
  readonly work: string
  /** A cache that holds the subject's model, where that is a known one. */
  readonly models?: string
}

/** What was written and printed in the usual surroundings, to compare with. */
export interface Usual {
  readonly hashes: ReadonlyMap<string, string>
  /** A cache that holds all features. */
  readonly cacheDir: string
}

export async function runAsUsual(experiment: Experiment): Promise<Usual> {
  const cacheDir = join(experiment.work, 'cache')
  await makeCache(experiment, cacheDir)
  return { hashes: await runIn(experiment, usual, cacheDir), cacheDir }
}

/**
 * Does the same in other surroundings.
 *
 * @returns the names of what differs
 */
export async function compareIn(
  experiment: Experiment,
  surroundings: Surroundings,
  { hashes, cacheDir }: Usual,
): Promise<string[]> {
  if (surroundings.cache === 'warm') return differences(hashes, await runIn(experiment, surroundings, cacheDir))
  const own = await mkdtemp(join(experiment.work, 'cache-'))
  try {
    await makeCache(experiment, own)
    return differences(hashes, await runIn(experiment, surroundings, own))
  } finally {
    await rm(own, { recursive: true, force: true })
  }
}

async function makeCache({ models }: Experiment, cacheDir: string): Promise<void> {
  await mkdir(cacheDir, { recursive: true })
  if (models !== undefined) await cp(join(models, 'models'), join(cacheDir, 'models'), { recursive: true })
}

async function runIn(
  { subject, pictures, steps = stepsOf(subject) }: Experiment,
  surroundings: Surroundings,
  cacheDir: string,
): Promise<Map<string, string>> {
  const folder = await mkdtemp(join(surroundings.folder === 'memory' ? memory : tmpdir(), 'nplusk-torture-'))
  try {
    await putPictures(pictures, folder, surroundings.order)
    const first = surroundings.cache === 'partial' ? [warmingStep(subject)] : []
    const hashes = await runSteps([...first, ...steps], surroundings, folder, cacheDir)
    hashes.delete('what warm prints')
    return hashes
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
