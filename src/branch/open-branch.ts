import { tensorNames } from '../backbone/tensor-names.js'
import { NpluskError } from '../core/errors.js'
import { hasFurther, type Backbone } from '../features/backbone.js'
import { gradientGraph } from '../gradient/gradient-graph.js'
import { shapeOf } from '../onnx/graph.js'
import { compareLogits, noiseImages } from '../runtime/compare-logits.js'
import { openSession } from '../runtime/session.js'
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
  await using before = await opened(backbone)
  for (const cut of cutsFor(backbone, depth)) {
    const branch = branchFrom(backbone, cut)
    await using after = await opened(graft(backbone, branch.model))
    const isSame = compareLogits(before.logits, after.logits).first === undefined
    if (!isSame) continue
    refuseWithoutGradient(branch, cut)
    return { ...branch, cut, slowdown: await slowdownOf(before, after) }
  }
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

/** A backbone that looks at a picture of noise. */
interface Opened extends AsyncDisposable {
  readonly logits: Float32Array
  /** Runs it with all layers once more. @returns milliseconds */
  time(): Promise<number>
}

async function opened(backbone: Backbone): Promise<Opened> {
  const { graph, preprocess } = backbone
  const outputs = [tensorNames.baseLogits, tensorNames.features, ...(hasFurther(backbone) ? [tensorNames.further] : [])]
  const image = { [tensorNames.image]: noiseImages(1, preprocess.height, preprocess.width) }
  const session = await openSession(graph)
  const { [tensorNames.baseLogits]: logits } = await session.run(image, outputs)
  return {
    logits: logits!.data as Float32Array,
    async time() {
      const start = performance.now()
      await session.run(image, outputs)
      return performance.now() - start
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}

/** Takes turns, as whatever else is at work on the machine then slows both. A branch makes nothing quicker. */
async function slowdownOf(before: Opened, after: Opened): Promise<number> {
  const least = { before: Infinity, after: Infinity }
  for (let run = 0; run < timedRuns; run++) {
    least.before = Math.min(least.before, await before.time())
    least.after = Math.min(least.after, await after.time())
  }
  return Math.max(1, least.after / least.before)
}
