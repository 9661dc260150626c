import { tensorNames } from '../backbone/tensor-names.js'
import { plainView } from '../image/types.js'
import { createRandom } from '../math/random.js'
import { encodeModel } from '../onnx/model.js'
import { runImages } from '../runtime/image-pipeline.js'
import type { ImageGraph } from '../runtime/run-views.js'
import { openSession } from '../runtime/session.js'
import { branchFeatures, type Branch } from './branch-graph.js'
import type { Cut } from './cut.js'
import type { Scaling } from './learner.js'
import type { StepsOptions } from './take-steps.js'

/** Pictures that scale and zero of the features are taken from. */
const scalingPictures = 64
/** Added to a feature's deviation, so that one that hardly varies does not become large. */
const leastDeviation = 0.05

/** Mean and deviation of the branch's features before training, over some of the new pictures. */
export async function scalingOf(
  trunk: Pick<ImageGraph, 'session' | 'preprocess'>,
  { tensor, shape }: Cut,
  branch: Branch,
  { added, seed, signal }: Pick<StepsOptions, 'added' | 'seed' | 'signal'>,
): Promise<Scaling> {
  const sample = createRandom(`${seed}:branch:scaling`)
    .shuffle([...added])
    .slice(0, scalingPictures)
  const images = sample.map(({ file }) => ({ file, views: [plainView] }))
  await using session = await openSession(encodeModel(branch.model), trunk.session.provider)
  const rows: Float32Array[] = []
  for await (const result of runImages({ ...trunk, input: tensorNames.image, outputs: [tensor] }, images, { signal })) {
    if ('error' in result) throw result.error
    const maps = { [tensor]: { dims: [1, ...shape], data: result.views[0]![tensor]! } }
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
