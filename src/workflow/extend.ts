import { interrupted } from '../branch/interrupted.js'
import { besideOthers } from '../bundle/beside-others.js'
import { noteOptions } from '../bundle/history/change-options.js'
import { revisionAt } from '../bundle/place.js'
import { collectWarnings } from '../core/collect-warnings.js'
import { stopwatch } from '../core/stopwatch.js'
import { openExtractor } from '../features/extractor.js'
import { rehearsalViews } from '../tables/views/choose-views.js'
import { trainingSettings, withDefaults, type ExtendOptions, type FullOptions } from '../training/extend-options.js'
import { checkLayers, checkReadable } from '../training/layers-to-read.js'
import { newImages } from '../training/new-images.js'
import { planAddition, trainedBefore, type Addition } from '../training/plan-addition.js'
import type { FineTuned } from '../fine-tuning/fine-tune.js'
import type { FineTuner } from '../fine-tuning/prepare-fine-tuning.js'
import { fit, save } from '../training/rebuild.js'
import { layersToFit } from '../training/layers-to-fit.js'
import { tunedHeads } from '../fine-tuning/tuned-increments.js'
import type { Refit } from '../training/refit.js'
import { openRehearsal } from '../rehearsal/rehearsal.js'
import { warnOfForgotten } from '../training/classes-anew.js'
import { checkTrainer, checkTrains } from '../training/trainers.js'
import { warnOfResult } from '../training/warn-of-result.js'
import type { ExtendResult } from './extend-result.js'
import { checkExtensionFiles, writeExtensionFiles } from './extension-files.js'
import { resultOfExtension } from './result-of-extension.js'
import { whatIsNew } from './what-is-new.js'

export type { ExtendResult, ExtensionFiles } from './extend-result.js'

/**
 * Adds classes from folders of images to a classifier and writes the extended bundle.
 *
 * Nothing is written before everything has succeeded: a failure or an abort leaves an existing bundle unchanged. The
 * report and the event files come after it; where one of them fails, the result says so (`unwritten`).
 *
 * @throws NpluskError for bad input, as early as it can be detected; see `ErrorCode`
 */
export async function extendModel(given: ExtendOptions): Promise<ExtendResult> {
  return besideOthers(given.model, () => extend(given))
}

async function extend(given: ExtendOptions): Promise<ExtendResult> {
  const options = withDefaults(given)
  const note = { kind: 'add' as const, ...noteOptions(options) }
  const call = collectWarnings(options)
  const time = stopwatch()

  await checkTrainer(options.trainer)
  await checkExtensionFiles(options)
  const addition = await planAddition(options, call)
  const { backbone, bundle, earlier, out, name } = addition
  const settings = trainingSettings(options, trainedBefore(addition))
  checkTrains(options.trainer, settings.head)
  const fineTuning = earlier?.manifest.training.fineTuning
  checkLayers({ layers: layersToFit(backbone, fineTuning) }, settings.layers)
  const tune = await fineTunerFor(addition, options)
  await using extractor = await openExtractor(backbone, options)
  time.lap('model')
  // First, as a damaged file ends it.
  const before = (await earlier?.increments()) ?? []
  const oldViews = options.augment === 'auto' ? rehearsalViews : options.augment
  const reading = { ...options, ...call, augment: oldViews }
  const rehearsal = await openRehearsal(options.rehearsal, backbone, bundle, extractor, reading)
  checkReadable(rehearsal?.table, settings.layers)
  time.lap('rehearse')
  const images = await newImages(extractor, addition, options, { kept: before, rehearsal: rehearsal?.table }, call)
  if (bundle && !earlier) warnOfForgotten(await bundle.increments(), images, call.onProgress)
  time.lap('extract')

  const frozen = earlier ? (options.freezeAdded ? await earlier.heads() : await tunedHeads(earlier)) : []
  const compared = whatIsNew(addition, images, { before, frozen, isFrozen: options.freezeAdded }, call)
  const { kept, fresh } = compared
  const viewsTaken =
    fresh.length === 0
      ? earlier!.manifest.training.augment
      : Math.max(...images.augment.perClass.map(({ views }) => views))
  const plan = {
    folder: out,
    revision: await revisionAt(out, bundle),
    backbone,
    session: extractor.session,
    increments: [...kept, ...fresh],
    files: images.extracted.files,
    rehearsal,
    settings: { ...settings, augment: viewsTaken },
    frozen,
    trainer: options.trainer,
    note: { ...note, extended: bundle?.manifest },
    curves: options.tensorboard !== undefined,
    fineTuning,
  }
  const frozenFit = await fit(plan, call)
  time.lap('train')
  await using tuned = frozenFit && (await tune?.(plan, frozenFit, call))
  if (tuned) time.lap('fine-tune')
  const rebuilt = await save(tuned?.plan ?? plan, tuned?.fitted ?? frozenFit, call).catch((error: unknown) => {
    throw tuned && call.signal?.aborted ? interrupted(error) : error
  })
  await tuned?.forget()
  time.lap('write')
  warnOfResult(rebuilt, plan.settings, call.warn)
  const extended = {
    manifest: rebuilt.manifest,
    fitted: withCurve(rebuilt.fitted!, tuned),
    rehearsal: tuned?.plan.rehearsal ?? rehearsal,
    isTuned: tuned?.report.taken ?? false,
  }
  const unwritten = await writeExtensionFiles(extended, { ...options, out, name }, call, (part) => time.lap(part))
  return {
    ...resultOfExtension({ addition, images, new: compared, head: settings.head, rebuilt, tuned }),
    unwritten,
    warnings: call.warnings,
    seconds: time.seconds(),
  }
}

/** A fit with how a branch was trained that was dropped; one that was taken is in it already. */
function withCurve(fitted: Refit, tuned: FineTuned | undefined): Refit {
  return tuned === undefined || tuned.report.taken ? fitted : { ...fitted, curves: [...fitted.curves, tuned.curve] }
}

async function fineTunerFor(addition: Addition, options: FullOptions): Promise<FineTuner | undefined> {
  if (options.fineTune === undefined) return undefined
  // Imported only here, as few additions train more than heads.
  const { prepareFineTuning } = await import('../fine-tuning/prepare-fine-tuning.js')
  return prepareFineTuning(addition, options, options.fineTune)
}
