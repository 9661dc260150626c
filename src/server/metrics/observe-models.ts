import { rejecter, type Sureness } from '../../calibration/reject.js'
import { standoutOf } from '../../features/standout.js'
import type { Lease, Scores, ServedModels } from '../models/served-models.js'
import { Problem } from '../problems.js'
import { featureDistance } from './feature-distance.js'
import type { Metrics } from './metrics.js'
import { Spreads } from './spreads.js'

/** The share of images of known classes that counts as rejected, whether or not requests ask for it. */
const knownRejected = 0.05

/** Counts what models are asked and what they answer, whichever way it was asked. */
export function observeModels(models: ServedModels, metrics: Metrics, stopping: AbortSignal): ServedModels {
  const spreads = new Spreads(metrics.trainingDistance, stopping)
  return {
    names: models.names,
    get isReady() {
      return models.isReady
    },
    lease: (name) => observed(models.lease(name), metrics, spreads),
    refresh: (name) => models.refresh(name),
    [Symbol.asyncDispose]: () => models[Symbol.asyncDispose](),
  }
}

function observed(lease: Lease, metrics: Metrics, spreads: Spreads): Lease {
  const { name: model, classifier } = lease
  spreads.begin(lease)
  const isRejected = classifier.confidenceQuantiles.length === 0 ? undefined : rejecter(classifier, knownRejected)
  const observe = async (answer: Promise<Scores>): Promise<Scores> => {
    try {
      const scores = await answer
      metrics.images.inc({ model, outcome: 'answered' })
      // With 0 as well: a share of what is not there would be no share, and not 0.
      if (isRejected !== undefined) metrics.rejected.inc({ model }, isRejected(surenessOf(scores, classifier)) ? 1 : 0)
      const spread = spreads.of(lease)
      const distance = spread === undefined ? NaN : featureDistance(scores.features, spread)
      // The histogram throws for what is no number, and a figure must not fail an answer.
      if (Number.isFinite(distance)) metrics.featureDistance.observe({ model }, distance)
      return scores
    } catch (error) {
      metrics.images.inc({ model, outcome: error instanceof Problem ? error.type : 'internal' })
      throw error
    }
  }
  return {
    name: lease.name,
    model: lease.model,
    revision: lease.revision,
    id: lease.id,
    classifier,
    hasFailed: () => lease.hasFailed(),
    score: (image, options) => observe(lease.score(image, options)),
    scorePixels: (pixels, options) => observe(lease.scorePixels(pixels, options)),
    [Symbol.dispose]: () => lease[Symbol.dispose](),
  }
}

function surenessOf({ logits, probabilities }: Scores, { baseClasses }: Lease['classifier']): Sureness {
  return { confidence: Math.max(...probabilities), standout: standoutOf(logits, baseClasses.length) }
}
