import { tensorNames } from '../backbone/tensor-names.js'
import { NpluskError } from '../core/errors.js'
import { hasFurther, type Backbone } from '../features/backbone.js'
import { compareLogits, noiseImages } from '../runtime/compare-logits.js'
import { openSession } from '../runtime/session.js'
import { branchFrom, type Branch } from './branch-graph.js'
import { cutsFor, type Cut, type Depth } from './cut.js'
import { graft } from './graft.js'

/** A branch of a backbone. */
export interface OpenedBranch extends Branch {
  readonly cut: Cut
  /** How many times as long the backbone takes with it for a picture, as measured on this machine's CPU. */
  readonly slowdown: number
}

/** Runs that the time for a picture is the least of. */
const timedRuns = 3

/**
 * Chooses where to cut a backbone, and copies what comes after. A branch must leave the old logits as they are, bit for
 * bit: ONNX Runtime fuses operators whose results nothing else reads, and they would round differently.
 *
 * @throws NpluskError `USAGE` for a depth that there is not, `BAD_MODEL` where the network cannot be cut
 */
export async function openBranch(backbone: Backbone, depth: Depth): Promise<OpenedBranch> {
  const before = await tried(backbone)
  for (const cut of cutsFor(backbone, depth)) {
    const branch = branchFrom(backbone, cut)
    const after = await tried(graft(backbone, branch.model))
    const isSame = compareLogits(before.logits, after.logits).first === undefined
    if (isSame) return { ...branch, cut, slowdown: after.milliseconds / before.milliseconds }
  }
  const message = 'A branch would change how the old logits are rounded, so the model cannot be fine-tuned'
  throw new NpluskError('BAD_MODEL', depth === 'auto' ? `${message}.` : `${message} from there on; try another depth.`)
}

/** The old logits of a picture of noise, and the time that a picture takes with all layers. */
async function tried(backbone: Backbone): Promise<{ readonly logits: Float32Array; readonly milliseconds: number }> {
  const { graph, preprocess } = backbone
  const outputs = [tensorNames.baseLogits, tensorNames.features, ...(hasFurther(backbone) ? [tensorNames.further] : [])]
  const image = { [tensorNames.image]: noiseImages(1, preprocess.height, preprocess.width) }
  await using session = await openSession(graph)
  const { [tensorNames.baseLogits]: logits } = await session.run(image, outputs)
  let milliseconds = Infinity
  for (let run = 0; run < timedRuns; run++) {
    const start = performance.now()
    await session.run(image, outputs)
    milliseconds = Math.min(milliseconds, performance.now() - start)
  }
  return { logits: logits!.data as Float32Array, milliseconds }
}
