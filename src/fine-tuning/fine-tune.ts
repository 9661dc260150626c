import { graft } from '../branch/graft.js'
import type { OpenedBranch } from '../branch/open-branch.js'
import { interrupted } from '../branch/interrupted.js'
import { trainBranch, type TrainedBranch } from '../branch/train-branch.js'
import { cacheDirOf } from '../catalog/cache-folder.js'
import type { FineTuningRecord } from '../bundle/manifest.js'
import type { WatchedCall } from '../core/collect-warnings.js'
import { openExtractor, type ExtractorOptions } from '../features/extractor.js'
import { isBetter, sumOf } from '../head/choose-kind.js'
import { bestLosses } from '../head/held-out-loss.js'
import { rowWeights } from '../head/row-weights.js'
import type { TrainingCurve } from '../head/training-curve.js'
import type { HeldOut } from '../head/training-rows.js'
import {
  contentsOfPictures,
  listPictures,
  picturesToJudge,
  refuseOthers,
  trainingPictures,
  type ListedPicture,
} from './branch-pictures.js'
import { refuseFewImages, refuseFewOldImages } from './tuned-increments.js'
import { branchCheckpoint } from './branch-checkpoints.js'
import { withCopies } from './picture-copies.js'
import type { Addition } from '../training/plan-addition.js'
import { fit, type RebuildPlan } from '../training/rebuild.js'
import type { Refit } from '../training/refit.js'
import { imagesAgain } from './images-again.js'
import { answersTo, branchCurve, layersBeside, trainedAlready } from './trained-already.js'

/** How to fine-tune. */
export interface FineTuneOptions extends ExtractorOptions {
  /** How often each image is gone through at most. */
  readonly epochs: number
  /** Time to train for at most. @default no limit */
  readonly minutes?: number | undefined
  /** Whether to say so where there is no earlier part of this training to go on with. @default false */
  readonly resume?: boolean | undefined
  /** The folder of old images. */
  readonly rehearsal: string
}

/** What is trained, and for what. */
export interface WhatToTune {
  readonly branch: OpenedBranch
  readonly addition: Addition
}

/** What came of fine-tuning, on held-out images. */
export interface FineTuningReport extends Omit<FineTuningRecord, 'alone' | 'increments' | 'heldOut'> {
  /** Whether the classifier has the trained branch; if not, its heads read frozen features as ever. */
  readonly taken: boolean
  /** Number of new images that were held out. */
  readonly heldOut: number
  /** How many times as long the branch makes a prediction, as measured on this machine's CPU. */
  readonly slowdown: number
}

/** The better one of two trainings, ready to be saved, and what came of fine-tuning. Must be closed after saving. */
export interface FineTuned extends AsyncDisposable {
  readonly plan: RebuildPlan
  readonly fitted: Refit
  readonly report: FineTuningReport
  /** How the branch was trained. */
  readonly curve: TrainingCurve
  /**
   * Deletes what was kept so that training could go on, if the branch was taken; called once the bundle is written.
   * Where it was dropped, more training may be what it needs.
   */
  forget(): Promise<void>
}

/**
 * By how many standard errors of the difference a branch has to be better: it makes every prediction dearer, so that
 * chance alone must not bring it in (docs/results.md, "Fine-tuning").
 */
const standardErrors = 2

/** Of training; to be raised with whatever changes what comes of the same pictures. */
const method = 6

/**
 * Trains a copy of the backbone's last blocks with a head, on most of the images, and takes them where they answer
 * the rest clearly better than the heads on frozen features, which were fitted without these images as well.
 *
 * @param plan of the heads on frozen features
 * @param fitted these heads
 * @throws NpluskError `BAD_INPUT` where images are too few, or change meanwhile; as `trainBranch`
 */
export async function fineTune(
  plan: RebuildPlan,
  fitted: Refit,
  { branch, addition }: WhatToTune,
  options: FineTuneOptions,
  call: WatchedCall,
): Promise<FineTuned> {
  const { backbone, settings, session } = plan
  const { seed } = settings
  const pictures = await listPictures(plan, fitted, seed, call)
  refuseFew(pictures, addition)
  const { provider } = session
  const { epochs, minutes, resume } = options
  const how = { seed, provider, classes: fitted.trainedOn.classes }
  const { graphHash: graph, preprocess } = backbone
  // Without the limits, so that training goes on with others.
  const of = { method, how, graph, preprocess, cut: branch.cut, pictures: contentsOfPictures(pictures) }
  const cacheDir = cacheDirOf(options)
  const checkpoints = branchCheckpoint(cacheDir, of, call.onProgress)
  const { added, old } = trainingPictures(pictures)
  const copied = await withCopies([...added, ...old], preprocess, cacheDir, call)
  const trained = await trainBranch({
    ...how,
    ...call,
    epochs,
    minutes,
    resume,
    added: copied.slice(0, added.length),
    old: copied.slice(added.length),
    heldOut: picturesToJudge(pictures, fitted),
    backbone,
    branch,
    checkpoints,
  })
  const grown = graft(backbone, trained.model)
  const extractor = await openExtractor(grown, { ...options, ...call })
  const close = () => extractor[Symbol.asyncDispose]()
  try {
    const next = {
      ...plan,
      ...(await imagesAgain(plan, addition, options.rehearsal, grown, extractor, call)),
      settings: { ...settings, augment: 0 },
      backbone: grown,
      session: extractor.session,
      tuned: { method: trainedAlready(trained, fitted), layers: layersBeside(fitted, backbone) },
    }
    const refitted = (await fit(next, { signal: call.signal }))!
    refuseOthers(pictures, await listPictures(next, refitted, seed, call))
    const lossesOf = ({ answers }: Refit) => lossesOn(answersTo(refitted.answers.rows, answers))
    const [frozen, tuned] = [lossesOf(fitted), lossesOf(refitted)]
    const loss = { frozen: sumOf(frozen), tuned: sumOf(tuned) }
    const fineTuning = record(branch, trained, added.length, refitted, loss)
    const { increments: _, alone: __, heldOut, ...figures } = fineTuning
    const taken = isBetter(tuned, frozen, standardErrors)
    const report = { ...figures, heldOut: heldOut.length, slowdown: branch.slowdown, taken }
    const better = taken ? { plan: { ...next, fineTuning }, fitted: refitted } : { plan, fitted }
    const forget = async () => {
      if (taken) await checkpoints.forget()
    }
    return { ...better, report, curve: branchCurve(trained.losses), forget, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    if (call.signal?.aborted && (await checkpoints.read()) !== undefined) throw interrupted(error)
    throw error
  }
}

/** Refuses too few images, copies not counted. */
function refuseFew(pictures: readonly ListedPicture[], { classes }: Addition): void {
  const countOf = (label: number) => pictures.filter((one) => one.label === label).length
  classes.forEach(({ folder }, label) => refuseFewImages(countOf(label), folder))
  refuseFewOldImages(countOf(-1))
}

/** What each image adds to a head's least loss over scales and shifts. */
function lossesOn({ rows, logits }: HeldOut): Float64Array {
  return bestLosses(rows, logits, rowWeights(rows))
}

function record(
  { cut: { blocks } }: OpenedBranch,
  { epochs }: TrainedBranch,
  images: number,
  { answers: { rows }, shifts, confidenceQuantiles, standoutQuantiles, heldOut }: Refit,
  loss: FineTuningRecord['loss'],
): FineTuningRecord {
  return {
    increments: 1,
    blocks,
    epochs,
    images,
    heldOut: [...rows.image].filter((_, row) => rows.target[row]! >= 0),
    loss,
    alone: { shifts, confidenceQuantiles, ...(standoutQuantiles && { standoutQuantiles }), heldOut },
  }
}
