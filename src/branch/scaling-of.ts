import { createRandom } from '../math/random.js'
import { encodeModel } from '../onnx/model.js'
import type { ImageGraph } from '../runtime/run-views.js'
import { openSession } from '../runtime/session.js'
import { branchFeatures, type Branch } from './branch-graph.js'
import type { Cut } from './cut.js'
import type { Scaling } from './learner.js'
import { plainMaps } from './plain-maps.js'
import type { StepsOptions } from './take-steps.js'

/** Pictures that scale and zero of the features are taken from. */
const scalingPictures = 64
/** Added to a feature's deviation, so that one that hardly varies does not become large. */
const leastDeviation = 0.05

/** Mean and deviation of the branch's features before training, over some of the new pictures. */
export async function scalingOf(
  trunk: Pick<ImageGraph, 'session' | 'preprocess'>,
  cut: Cut,
  branch: Branch,
  { added, seed, signal }: Pick<StepsOptions, 'added' | 'seed' | 'signal'>,
): Promise<Scaling> {
  const sample = createRandom(`${seed}:branch:scaling`)
    .shuffle([...added])
    .slice(0, scalingPictures)
  const files = sample.map(({ file }) => file)
  await using session = await openSession(encodeModel(branch.model), trunk.session.provider)
  const rows: Float32Array[] = []
  for await (const maps of plainMaps(trunk, cut, files, signal)) {
    rows.push((await session.run(maps, [branchFeatures]))[branchFeatures]!.data as Float32Array)
  }
  const mean = rows[0]!.map((_, i) => average(rows.map((row) => row[i]!)))
  const inverseDeviation = mean.map((own, i) => {
    const variance = average(rows.map((row) => (row[i]! - own) ** 2))
    return 1 / (Math.sqrt(variance) + leastDeviation)
  })
  return { mean, inverseDeviation }
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
