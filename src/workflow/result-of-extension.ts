import { addedCount } from '../bundle/manifest.js'
import { preprocessReport } from '../classifier/describe-input.js'
import type { FineTuned } from '../fine-tuning/fine-tune.js'
import type { HeadChoice } from '../head/head-kind.js'
import { grownClasses } from '../tables/grown-classes.js'
import { countOf } from '../tables/image-counts.js'
import { layerReports } from '../training/layer-report.js'
import type { NewImages } from '../training/new-images.js'
import type { Addition } from '../training/plan-addition.js'
import type { Rebuilt } from '../training/rebuild.js'
import type { ExtendResult } from './extend-result.js'
import type { WhatIsNew } from './what-is-new.js'

/** What an extension did, all but what its call collected. */
export interface Extension {
  readonly addition: Addition
  readonly images: NewImages
  readonly new: WhatIsNew
  readonly head: HeadChoice
  readonly rebuilt: Rebuilt
  readonly tuned: FineTuned | undefined
}

/** Says what an extension did. */
export function resultOfExtension({
  addition,
  images,
  new: { kept, fresh, known },
  head,
  rebuilt,
  tuned,
}: Extension): Omit<ExtendResult, 'unwritten' | 'warnings' | 'seconds'> {
  const { backbone, bundle, out, name, passedOver } = addition
  const { manifest, heldOut } = rebuilt
  const fitted = rebuilt.fitted!
  const classes = fresh.flatMap(({ increment }) => increment.classes)
  const before = bundle?.manifest.training.heldOut
  const grown = grownClasses(kept, fresh, addition.classes, { before, now: heldOut })
  const { nearDuplicates, inSeveralClasses } = images.extracted
  const knownAlready = known + grown.known
  return {
    bundle: out,
    revision: manifest.revision,
    classes: { base: backbone.classes.length, ...addedCount(manifest) },
    grown: grown.classes,
    increment: {
      name,
      labels: classes.map(({ label }) => label),
      images: classes.reduce((sum, one) => sum + one.images, 0),
    },
    images: countOf(images.given, images.extracted, passedOver, knownAlready),
    nearDuplicates,
    known: knownAlready,
    inSeveralClasses,
    passedOver,
    heldOut: heldOut!,
    records: fitted.records,
    head: { asked: head, kind: fitted.kind, tried: fitted.triedKinds },
    regularisation: { taken: tuned?.report.taken ? null : fitted.regularisation, tried: fitted.tried },
    layers: layerReports(manifest, tuned?.plan.backbone ?? backbone),
    fineTuning: tuned?.report ?? null,
    augment: images.augment,
    preprocess: preprocessReport(backbone),
  }
}
