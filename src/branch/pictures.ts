import { NpluskError, messageOf } from '../core/errors.js'
import { stronglyVariedView } from '../image/augment.js'
import { createRandom } from '../math/random.js'
import { tensorNames } from '../backbone/tensor-names.js'
import { runImages, type ImageOutputs, type ImageViews } from '../runtime/image-pipeline.js'
import type { ImageGraph, Outputs } from '../runtime/run-views.js'
import type { Cut } from './cut.js'

/** A picture to train with. */
export interface BranchPicture {
  readonly file: string
  /** Is decoded in its place, as that is quicker. @default none */
  readonly copy?: PictureCopy | undefined
  /** SHA-256 of its content, by which its views are drawn. */
  readonly hash: string
  /** Its new class, 0..k-1; -1 for an old picture. */
  readonly label: number
  /** E_o of its plain view, which stands for all views: the layers that give it then need not run for each. */
  readonly oldLogSumExp: number
}

/** A smaller copy of a picture. */
export interface PictureCopy {
  readonly file: string
  /** SHA-256 of its content. */
  readonly hash: string
}

/** How many pictures a step takes. */
export interface StepSize {
  readonly added: number
  readonly old: number
}

export interface StepOptions {
  /** k */
  readonly classes: number
  readonly size: StepSize
  readonly seed: number
  /** The step to begin with, from 0. */
  readonly first: number
  readonly signal?: AbortSignal | undefined
}

/** What a step of training is given, row by row: new pictures, then old ones. */
export interface StepInputs {
  /** [rows × numbers of the cut's tensor] */
  readonly maps: Float32Array
  /** [rows] E_o */
  readonly oldLogSumExp: Float32Array
  /** [rows × (1 + k)] what each picture weighs, at its class: all new ones together 1, and all old ones. */
  readonly target: Float32Array
}

/**
 * The inputs of step after step, without end: pictures in a new order every time round, each in another view, through
 * the layers before the cut. Decoding and these layers run ahead of training.
 *
 * @param trunk gives the cut's tensor
 * @throws RangeError where there are no new pictures or no old ones
 */
export async function* stepsOf(
  trunk: Pick<ImageGraph, 'session' | 'preprocess'>,
  { tensor, shape }: Cut,
  pictures: { readonly added: readonly BranchPicture[]; readonly old: readonly BranchPicture[] },
  { classes, size, seed, first, signal }: StepOptions,
): AsyncGenerator<StepInputs, void, void> {
  if (pictures.added.length === 0 || pictures.old.length === 0) throw new RangeError('no pictures to train with')
  const graph = { ...trunk, input: tensorNames.image, outputs: [tensor] }
  const rows = size.added + size.old
  const length = shape.reduce((product, one) => product * one, 1)
  const results = runImages(graph, views(pictures, { size, seed, first }), { signal })
  let step = emptyStep()
  let row = 0
  for await (const result of results) {
    const { label, oldLogSumExp } = result.image.picture
    step.maps.set((await outputsOf(result))[tensor]!, row * length)
    step.oldLogSumExp[row] = oldLogSumExp
    step.target[row * (1 + classes) + 1 + label] = 1 / (label < 0 ? size.old : size.added)
    if (++row < rows) continue
    yield step
    step = emptyStep()
    row = 0
  }

  /** A copy that is lost or damaged meanwhile ends nothing: the picture itself is there. */
  async function outputsOf(result: ImageOutputs<PictureView>): Promise<Outputs> {
    if (!('error' in result)) return result.views[0]!
    const { views, picture } = result.image
    if (picture.copy === undefined) throw unreadable(picture.file, result.error)
    const { copy: _, ...itself } = picture
    const { file, hash } = itself
    for await (const again of runImages(graph, [{ file, hash, views, picture: itself }], { signal })) {
      return outputsOf(again)
    }
    throw unreadable(file, result.error)
  }

  function emptyStep(): StepInputs {
    return {
      maps: new Float32Array(rows * length),
      oldLogSumExp: new Float32Array(rows),
      target: new Float32Array(rows * (1 + classes)),
    }
  }
}

/** The error for a picture that was read before. */
export function unreadable(file: string, cause: unknown): NpluskError {
  return new NpluskError('BAD_INPUT', `Cannot read "${file}" any more (${messageOf(cause)}).`, { cause })
}

type PictureView = ImageViews & { readonly picture: BranchPicture }

/** The views of step after step. */
function* views(
  { added, old }: Parameters<typeof stepsOf>[2],
  { size, seed, first }: Pick<StepOptions, 'size' | 'seed' | 'first'>,
): Generator<PictureView, never, void> {
  const nextAdded = rounds(added, `${seed}:branch:added`)
  const nextOld = rounds(old, `${seed}:branch:old`)
  for (let step = 0; ; step++) {
    const ofStep = [
      ...Array.from({ length: size.added }, () => nextAdded.next().value),
      ...Array.from({ length: size.old }, () => nextOld.next().value),
    ]
    if (step >= first) yield* ofStep
  }

  function* rounds(pictures: readonly BranchPicture[], key: string): Generator<PictureView, never, void> {
    const random = createRandom(key)
    for (let round = 1; ; round++) {
      for (const picture of random.shuffle([...pictures])) {
        const { file, hash } = picture.copy ?? picture
        yield { file, hash, views: [stronglyVariedView(seed, picture.hash, round)], picture }
      }
    }
  }
}
