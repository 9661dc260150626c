import { branchLayer, graft } from '../branch/graft.js'
import type { Depth } from '../branch/cut.js'
import type { BranchPicture } from '../branch/pictures.js'
import { trainBranch, type TrainedBranch } from '../branch/train-branch.js'
import { cacheDirOf } from '../catalog/cache-folder.js'
import type { FineTuningRecord } from '../bundle/manifest.js'
import type { WatchedCall } from '../core/collect-warnings.js'
import { hashFile } from '../core/hash-file.js'
import type { CallOptions, OnProgress } from '../core/progress.js'
import { tableDims, type Backbone } from '../features/backbone.js'
import { openExtractor, type ExtractorOptions } from '../features/extractor.js'
import { firstRows, joinTables } from '../features/table.js'
import { bestScaledLoss } from '../head/held-out-loss.js'
import { rowWeights } from '../head/row-weights.js'
import { pickTrainingRows, type HeldOut } from '../head/training-rows.js'
import { heldOutRows } from './held-out-images.js'
import { tableOf } from './image-table.js'
import { imagesOfColumns } from './column-table.js'
import { refuseFewImages } from './tuned-increments.js'
import { branchCheckpoint } from './branch-checkpoints.js'
import type { Addition } from './plan-addition.js'
import { fit, type RebuildPlan } from './rebuild.js'
import type { Refit } from './refit.js'
import { folderRehearsal } from './rehearsal.js'
import { trainedAlready } from './trained-already.js'

/** How to fine-tune. */
export interface FineTuneOptions extends ExtractorOptions {
  readonly fineTune: Depth
  /** How often each image is gone through at most. */
  readonly epochs: number
  /** Time to train for at most. @default no limit */
  readonly minutes?: number | undefined
  /** The folder of old images. */
  readonly rehearsal: string
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
  /** Deletes what was kept so that training could go on; called once the bundle is written. */
  forget(): Promise<void>
}

/**
 * Trains a copy of the backbone's last blocks with a head, on most of the images, and takes them where they answer
 * the rest better than the heads on frozen features, which were fitted without these images as well.
 *
 * @param plan of the heads on frozen features
 * @param fitted these heads
 * @throws NpluskError `BAD_INPUT` where a class has too few images, and as `trainBranch`
 */
export async function fineTune(
  plan: RebuildPlan,
  fitted: Refit,
  addition: Addition,
  options: FineTuneOptions,
  call: WatchedCall,
): Promise<FineTuned> {
  const { backbone, settings, session } = plan
  const { seed } = settings
  const pictures = await picturesOf(plan, fitted, seed)
  const { provider } = session
  const { fineTune: depth, epochs, minutes } = options
  const how = { depth, epochs, minutes, seed, provider, classes: fitted.trainedOn.classes }
  const checkpoints = branchCheckpoint(cacheDirOf(options), { how, graph: backbone.graphHash, of: namesOf(pictures) })
  const branch = await trainBranch({ ...how, ...pictures, ...call, backbone, checkpoints })
  const grown = graft(backbone, branch.model)
  const extractor = await openExtractor(grown, { ...options, ...call })
  const close = () => extractor[Symbol.asyncDispose]()
  try {
    const again = { ...call, onProgress: progressAlone(call.onProgress), augment: 0, seed }
    const next = {
      ...plan,
      increments: await imagesAgain(plan, addition, grown, extractor, again),
      rehearsal: await folderRehearsal(options.rehearsal, grown, extractor, { ...again, stage: 'rehearse-branch' }),
      backbone: grown,
      session: extractor.session,
      tuned: { method: trainedAlready(branch), layers: [branchLayer] },
    }
    const refitted = (await fit(next, { signal: call.signal }))!
    const frozen = lossOn(fitted.answers, refitted.answers)
    const loss = { frozen, tuned: lossOn(refitted.answers, refitted.answers) }
    const fineTuning = record(branch, pictures.added.length, refitted, loss)
    const { increments: _, alone: __, heldOut, ...figures } = fineTuning
    const taken = loss.tuned < loss.frozen
    const report = { ...figures, heldOut: heldOut.length, slowdown: branch.slowdown, taken }
    const better = taken ? { plan: { ...next, fineTuning }, fitted: refitted } : { plan, fitted }
    return { ...better, report, forget: checkpoints.forget, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

/** What pictures are by content, for what depends on nothing else of them. */
function namesOf({ added, old }: Record<'added' | 'old', readonly BranchPicture[]>): unknown {
  return [added, old].map((pictures) => pictures.map(({ hash, label }) => `${label}:${hash}`))
}

/** The images to train with, each by one file. */
async function picturesOf(
  { files = [], rehearsal }: RebuildPlan,
  { trainedOn }: Refit,
  seed: number,
): Promise<Record<'added' | 'old', BranchPicture[]>> {
  const { added, rehearsal: old } = trainedOn
  const all = joinTables([added, old!])
  const target = all.label.map((label, row) => (row < added.count ? label : -1))
  const counts = imagesOfColumns(added)
  for (let label = 0; label < trainedOn.classes; label++) refuseFewImages(counts.get(label) ?? 0)
  const isHeldOut = heldOutRows({ target, image: all.image }, seed)
  const pictures: Record<'added' | 'old', BranchPicture[]> = { added: [], old: [] }
  for (const row of firstRows(all)) {
    if (isHeldOut[row]) continue
    const label = target[row]!
    const file = (label < 0 ? rehearsal!.files! : files)[all.file[row]!]!
    pictures[label < 0 ? 'old' : 'added'].push({ file, hash: await hashFile(file), label })
  }
  return pictures
}

/** The increment with features of its images from the grown backbone, one row an image. */
async function imagesAgain(
  { increments: [increment] }: RebuildPlan,
  { classes }: Addition,
  grown: Backbone,
  extractor: Parameters<typeof tableOf>[0],
  options: CallOptions & { readonly augment: number; readonly seed: number },
): Promise<RebuildPlan['increments']> {
  const images = classes.flatMap(({ files }, label) => files.map((file) => ({ file, label })))
  const stage = 'extract-branch'
  const { table } = await tableOf(extractor, images, { ...options, stage, ...tableDims(grown), oneClassEach: true })
  return [{ increment: increment!.increment, table }]
}

/** Progress without the warnings, which came the first time. */
function progressAlone(onProgress: OnProgress | undefined): OnProgress {
  return (event) => {
    if (event.type === 'progress') onProgress?.(event)
  }
}

/** The least loss of a head over scales and shifts, on the images that another one has answered too. */
function lossOn({ rows, logits }: HeldOut, { rows: { image } }: HeldOut): number {
  const wanted = new Set(image)
  const places = Array.from(rows.image.keys()).filter((row) => wanted.has(rows.image[row]!))
  const picked = pickTrainingRows(rows, places)
  const scores = new Float32Array(places.length * rows.classes)
  places.forEach((row, i) =>
    scores.set(logits.subarray(row * rows.classes, (row + 1) * rows.classes), i * rows.classes),
  )
  return bestScaledLoss(picked, scores, rowWeights(picked))
}

function record(
  { cut: { blocks }, epochs }: TrainedBranch,
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
