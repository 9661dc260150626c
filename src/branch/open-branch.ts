import { tensorNames } from '../backbone/tensor-names.js'
import { NpluskError } from '../core/errors.js'
import { hasFurther, type Backbone } from '../features/backbone.js'
import { gradientGraph } from '../gradient/gradient-graph.js'
import { shapeOf } from '../onnx/graph.js'
import { compareLogits, noiseImages } from '../runtime/compare-logits.js'
import { openSession, type Session } from '../runtime/session.js'
import { branchFrom, type Branch } from './branch-graph.js'
import { cutsFor, type Cut, type Depth } from './cut.js'
import { graft } from './graft.js'
import { learnerNames, learnerOf, learnerShapes } from './learner.js'

/** A branch of a backbone. */
export interface OpenedBranch extends Branch {
  readonly cut: Cut
  /** How many times as long the backbone takes with it for a picture, at least 1, as measured on this machine's CPU. */
  readonly slowdown: number
}

/** Runs that the time for a picture is the least of. */
const timedRuns = 5

/**
 * Chooses where to cut a backbone, and copies what comes after. A branch must leave the old logits as they are, bit for
 * bit: ONNX Runtime fuses operators whose results nothing else reads, and they would round differently.
 *
 * @throws NpluskError `USAGE` for a depth that there is not, `BAD_MODEL` where the network cannot be cut, or has no
 *   gradient from there on
 */
export async function openBranch(backbone: Backbone, depth: Depth): Promise<OpenedBranch> {
  await using before = await openSession(backbone.graph)
  const run = noiseRun(backbone, before)
  const logits = await run()
  let refusal: NpluskError | undefined
  for (const cut of cutsFor(backbone, depth)) {
    try {
      const branch = branchFrom(backbone, cut)
      const grown = graft(backbone, branch.model)
      await using after = await openSession(grown.graph)
      const runGrown = noiseRun(grown, after)
      const isSame = compareLogits(logits, await runGrown()).first === undefined
      if (!isSame) continue
      refuseWithoutGradient(branch, cut)
      return { ...branch, cut, slowdown: await slowdownOf(run, runGrown) }
    } catch (error) {
      if (!(error instanceof NpluskError && error.code === 'BAD_MODEL')) throw error
      refusal ??= error
    }
  }
  if (refusal !== undefined) throw refusal
  const message = 'A branch would change how the old logits are rounded, so the model cannot be fine-tuned'
  throw new NpluskError('BAD_MODEL', depth === 'auto' ? `${message}.` : `${message} from there on; try another depth.`)
}

/** @throws NpluskError `BAD_MODEL` */
function refuseWithoutGradient({ model, parameters }: Branch, cut: Cut): void {
  const size = Number(shapeOf(model.graph.output[0]!)!.at(-1))
  const scaling = { mean: new Float32Array(size), inverseDeviation: new Float32Array(size) }
  const classes = 1
  const { loss } = learnerNames
  gradientGraph(learnerOf(model, classes, scaling), { loss, by: parameters, shapes: learnerShapes(cut, 1, classes) })
}

/** Runs a backbone on a picture of noise, with all layers. */
type NoiseRun = () => Promise<Float32Array>

/** @returns what runs it, and gives the old logits */
function noiseRun(backbone: Backbone, session: Session): NoiseRun {
  const { width, height } = backbone.preprocess
  const { baseLogits, features, further } = tensorNames
  const outputs = [baseLogits, features, ...(hasFurther(backbone) ? [further] : [])]
  const image = { [tensorNames.image]: noiseImages(1, height, width) }
  return async () => (await session.run(image, outputs))[baseLogits]!.data as Float32Array
}

/** Takes turns, as whatever else is at work on the machine then slows both. A branch makes nothing quicker. */
async function slowdownOf(before: NoiseRun, after: NoiseRun): Promise<number> {
  const least = { before: Infinity, after: Infinity }
  for (let run = 0; run < timedRuns; run++) {
    least.before = Math.min(least.before, await timeOf(before))
    least.after = Math.min(least.after, await timeOf(after))
  }
  return Math.max(1, least.after / least.before)
}

/** Milliseconds. */
async function timeOf(run: NoiseRun): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}
