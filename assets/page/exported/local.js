// The classifier in the browser, by onnxruntime-web.
import * as ort from '../onnxruntime/ort.wasm.bundle.min.mjs'
import { top, rejectRate } from '../session.js'
import { Failure, notAPicture } from '../words.js'
import { pixelsOf } from './pixels.js'

// Several threads need headers that few servers send.
ort.env.wasm.numThreads = 1

/** @returns {import('../session.js').Classifier} */
export function localClassifier() {
  const card = fetch('nplusk.json').then((response) => response.json())
  const session = ort.InferenceSession.create('classifier.onnx', { executionProviders: ['wasm'] })
  const ready = Promise.all([card, session]).catch((error) => {
    throw new Failure(
      'The classifier could not be loaded. Check the connection, and reload the page.',
      'offline',
      error,
    )
  })
  ready.catch(() => {}) // whoever waits for it hears of it
  // One picture after the other: a session runs one at a time.
  let last = Promise.resolve()
  return {
    privacy: 'All of this happens in your browser: the pictures are sent nowhere.',
    atOnce: 1,
    ready,
    models: async () => [modelOf(await card)],
    labels: async () => (await card).labels.map((label, index) => ({ index, ...label })),
    classify(picture, _, signal) {
      const answer = last.then(async () => {
        signal?.throwIfAborted()
        const [card, session] = await ready
        return answerOf(await scoresOf(picture, card, session), card)
      })
      last = answer.catch(() => {})
      return answer
    },
  }
}

function modelOf({ base, revision, labels, confidenceQuantiles, thresholds }) {
  const added = labels.filter(({ increment }) => increment !== 'base').length
  return {
    name: base.name,
    revision,
    classes: { base: labels.length - added, added, total: labels.length },
    rejects: confidenceQuantiles !== undefined,
    thresholds: thresholds !== undefined,
    teachable: false,
  }
}

async function scoresOf(picture, { input, preprocess }, session) {
  const pixels = await pixelsOf(picture, preprocess).catch((error) => {
    throw new Failure(notAPicture, 'unreadable', error)
  })
  const tensor = new ort.Tensor('uint8', pixels, [1, preprocess.height, preprocess.width, 3])
  const { logits, probabilities } = await session.run({ [input.name]: tensor }, ['logits', 'probabilities'])
  return { logits: logits.data, probabilities: probabilities.data }
}

/** The best answers, marked as `predict` marks them. */
function answerOf({ logits, probabilities }, card) {
  const { labels, confidenceQuantiles, standoutQuantiles, thresholds = {} } = card
  const predictions = Array.from(probabilities, (probability, index) => ({ index, probability, ...labels[index] }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, top)
    .map((one) =>
      Object.hasOwn(thresholds, one.label) ? { ...one, unsure: one.probability < thresholds[one.label] } : one,
    )
  if (confidenceQuantiles === undefined) return { predictions }
  const rejected =
    standoutQuantiles === undefined
      ? predictions[0].probability < quantile(confidenceQuantiles, rejectRate)
      : standoutOf(logits, labels) < quantile(standoutQuantiles, rejectRate)
  return { predictions, rejected }
}

/** How far the largest logit stands out from the old ones, in their deviations. */
function standoutOf(logits, labels) {
  const old = logits.slice(0, labels.filter(({ increment }) => increment === 'base').length).sort()
  const deviation = (quantile(old, 0.84) - quantile(old, 0.16)) / 2
  return (Math.max(...logits) - quantile(old, 0.5)) / Math.max(deviation, 1e-6)
}

/** @param {ArrayLike<number>} quantiles at evenly spread shares from 0 to 1 */
function quantile(quantiles, share) {
  const position = share * (quantiles.length - 1)
  const below = Math.floor(position)
  const low = quantiles[below]
  const high = quantiles[Math.min(below + 1, quantiles.length - 1)]
  return low + (position - below) * (high - low)
}
