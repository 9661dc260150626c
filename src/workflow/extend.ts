import { besideOthers } from '../bundle/beside-others.js'
import { noteOptions } from '../bundle/history/change-options.js'
import { addedCount, type HeldOutRecord } from '../bundle/manifest.js'
import { revisionAt } from '../bundle/place.js'
import type { HeldOutImageRecord } from '../calibration/held-out-records.js'
import { preprocessReport, type PreprocessReport } from '../classifier/describe-input.js'
import { collectWarnings } from '../core/collect-warnings.js'
import { checkReportFile } from '../core/report-options.js'
import { stopwatch } from '../core/stopwatch.js'
import { openExtractor } from '../features/extractor.js'
import type { HeadChoice, HeadKind } from '../head/head-kind.js'
import type { TriedKind, TriedRegularisation } from '../head/head-method.js'
import type { PassedOverKind } from '../folders/passed-over.js'
import { rehearsalViews } from '../training/defaults.js'
import { trainingSettings, withDefaults, type ExtendOptions } from '../training/extend-options.js'
import { checkLogFolder } from '../tensorboard/training-folder.js'
import { grownClasses, type GrownClass } from '../training/grown-classes.js'
import { countOf, type ImageCounts } from '../training/image-counts.js'
import { withoutKnown } from '../training/known-pictures.js'
import { layerReports, type LayerReport } from '../training/layer-report.js'
import { checkLayers, checkReadable } from '../training/layers-to-read.js'
import { newImages, type AugmentRecord } from '../training/new-images.js'
import { planAddition, warnOfName } from '../training/plan-addition.js'
import { rebuild } from '../training/rebuild.js'
import { openRehearsal } from '../training/rehearsal.js'
import { checkTrainer, checkTrains } from '../training/trainers.js'
import { warnOfResult } from '../training/warn-of-result.js'
import { afterBundle } from './after-bundle.js'

/** What can be written beside the bundle, by the option's name. */
export type ExtensionFiles = 'report' | 'tensorboard'

export interface ExtendResult {
  readonly bundle: string
  /** The bundle's revision afterwards; the one before where nothing changed, since all images were known already. */
  readonly revision: number
  readonly classes: { readonly base: number; readonly added: number; readonly total: number }
  /**
   * The increment added; without labels and images if all images were known already: the bundle then has no such
   * increment.
   */
  readonly increment: { readonly name: string; readonly labels: readonly string[]; readonly images: number }
  /** Classes added earlier that received more images. */
  readonly grown: readonly GrownClass[]
  /** What became of the files in the folders; `given` is the sum of the other counts. */
  readonly images: ImageCounts
  /** Files that belong to no class or are not images, by kind. */
  readonly passedOver: readonly PassedOverKind[]
  /** How many of `images.duplicate` are not exact copies but re-encoded, reduced or slightly cropped. */
  readonly nearDuplicates: number
  /** Figures from cross-validation: each image is scored by heads that were not trained on it. */
  readonly heldOut: HeldOutRecord
  /**
   * All images that these figures are of: those of the added classes, and the old images unless they are made up. The
   * path is known for images of this extension only.
   */
  readonly records: readonly HeldOutImageRecord[]
  /**
   * The kind of head that was asked for, the one that was trained, and the held-out loss of each that was compared, in
   * nats; of a single one, none.
   */
  readonly head: {
    readonly asked: HeadChoice
    readonly kind: HeadKind
    readonly tried: readonly TriedKind[]
  }
  /** The regularisation ρ that was taken, and the mean held-out loss of each that was tried; of a single one, none. */
  readonly regularisation: { readonly taken: number; readonly tried: readonly TriedRegularisation[] }
  /** The layers that the head of each increment with columns reads, and how they were chosen. */
  readonly layers: readonly LayerReport[]
  /** Augmented views of the new images. */
  readonly augment: AugmentRecord
  /** Preprocessing of images for the base model, and how it was determined. */
  readonly preprocess: PreprocessReport
  /** What was asked for beside the bundle and could not be written; `warnings` say why. */
  readonly unwritten: readonly ExtensionFiles[]
  readonly warnings: readonly string[]
  readonly seconds: Readonly<Record<string, number>>
}

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
  if (options.report) await checkReportFile(options.report.file)
  if (options.tensorboard !== undefined) await checkLogFolder(options.tensorboard)
  const addition = await planAddition(options, call)
  const { backbone, bundle, out, name } = addition
  const settings = trainingSettings(options, bundle?.manifest.training)
  checkTrains(options.trainer, settings.head)
  checkLayers(backbone, settings.layers)
  await using extractor = await openExtractor(backbone, options)
  time.lap('model')
  // First, as a damaged file ends it.
  const kept = (await bundle?.increments()) ?? []
  const oldViews = options.augment === 'auto' ? rehearsalViews : options.augment
  const reading = { ...options, ...call, augment: oldViews }
  const rehearsal = await openRehearsal(options.rehearsal, backbone, bundle, extractor, reading)
  checkReadable(rehearsal?.table, settings.layers)
  time.lap('rehearse')
  const images = await newImages(extractor, addition, options, rehearsal?.table, call)
  time.lap('extract')

  const { fresh, known } = withoutKnown(kept, images)
  if (fresh.length > 0) warnOfName(addition, call.warn)
  const viewsTaken = Math.max(...images.augment.perClass.map(({ views }) => views))
  const plan = {
    folder: out,
    revision: await revisionAt(out, bundle),
    backbone,
    session: extractor.session,
    increments: [...kept, ...fresh],
    files: images.extracted.files,
    rehearsal,
    settings: { ...settings, augment: viewsTaken },
    frozen: options.freezeAdded && bundle ? await bundle.heads() : [],
    trainer: options.trainer,
    note: { ...note, extended: bundle?.manifest },
    curves: options.tensorboard !== undefined,
  }
  const rebuilt = await rebuild(plan, call, time.lap)
  warnOfResult(rebuilt, plan.settings, call.warn)
  const { report, tensorboard, add } = options
  const extended = { manifest: rebuilt.manifest, fitted: rebuilt.fitted!, rehearsal }
  const unwritten: ExtensionFiles[] = []
  if (tensorboard !== undefined) {
    const log = async () => {
      const { logExtension } = await import('./extension-log.js')
      await logExtension(tensorboard, name, extended, call)
    }
    if (!(await afterBundle(out, 'its event files', log, call))) unwritten.push('tensorboard')
    time.lap('log')
  }
  if (report) {
    const write = async () => {
      const { writeExtensionReport } = await import('./extension-report.js')
      await writeExtensionReport(report, extended, { ...call, out, add })
    }
    if (!(await afterBundle(out, 'its report', write, call))) unwritten.push('report')
    time.lap('report')
  }
  const heldOut = { before: bundle?.manifest.training.heldOut, now: rebuilt.heldOut }
  const grown = grownClasses(kept, fresh, addition.classes, heldOut)
  const freshClasses = fresh.flatMap(({ increment }) => increment.classes)
  const { passedOver } = addition
  return {
    bundle: out,
    revision: rebuilt.manifest.revision,
    classes: { base: backbone.classes.length, ...addedCount(rebuilt.manifest) },
    grown: grown.classes,
    increment: {
      name,
      labels: freshClasses.map(({ label }) => label),
      images: freshClasses.reduce((sum, one) => sum + one.images, 0),
    },
    images: countOf(images.given, images.extracted, passedOver, known + grown.known),
    nearDuplicates: images.extracted.nearDuplicates,
    passedOver,
    heldOut: rebuilt.heldOut!,
    records: rebuilt.fitted!.records,
    head: { asked: settings.head, kind: rebuilt.fitted!.kind, tried: rebuilt.fitted!.triedKinds },
    regularisation: { taken: rebuilt.fitted!.regularisation, tried: rebuilt.fitted!.tried },
    layers: layerReports(rebuilt.manifest, backbone),
    augment: images.augment,
    preprocess: preprocessReport(backbone),
    unwritten,
    warnings: call.warnings,
    seconds: time.seconds(),
  }
}
