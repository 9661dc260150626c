import type { HeldOutRecord } from '../bundle/manifest.js'
import type { HeldOutImageRecord } from '../calibration/held-out-records.js'
import type { PreprocessReport } from '../classifier/describe-input.js'
import type { PassedOverKind } from '../folders/passed-over.js'
import type { HeadChoice, HeadKind } from '../head/head-kind.js'
import type { TriedKind, TriedRegularisation } from '../head/head-method.js'
import type { FineTuningReport } from '../fine-tuning/fine-tune.js'
import type { GrownClass } from '../tables/grown-classes.js'
import type { ImageCounts } from '../tables/image-counts.js'
import type { LayerReport } from '../training/layer-report.js'
import type { AugmentRecord } from '../training/new-images.js'

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
  /** How many of `images.duplicate` are images that their class already had. */
  readonly known: number
  /** How many of `images.duplicate` lie in several classes and were left out of all of them. */
  readonly inSeveralClasses: number
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
  /**
   * The regularisation ρ that was taken, `null` for a branch's head, and the mean held-out loss of each that was tried;
   * of a single one, none.
   */
  readonly regularisation: { readonly taken: number | null; readonly tried: readonly TriedRegularisation[] }
  /** The layers that the head of each increment with columns reads, and how they were chosen. */
  readonly layers: readonly LayerReport[]
  /** What came of fine-tuning; `null` where none was asked for. */
  readonly fineTuning: FineTuningReport | null
  /** Augmented views of the new images. */
  readonly augment: AugmentRecord
  /** Preprocessing of images for the base model, and how it was determined. */
  readonly preprocess: PreprocessReport
  /** What was asked for beside the bundle and could not be written; `warnings` say why. */
  readonly unwritten: readonly ExtensionFiles[]
  readonly warnings: readonly string[]
  readonly seconds: Readonly<Record<string, number>>
}
