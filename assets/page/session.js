/**
 * What answers. There are two: `served/remote.js` asks the server that the page came from, `exported/local.js` works in
 * the browser.
 *
 * @typedef {object} Classifier
 * @property {string} privacy what becomes of the pictures, in a sentence
 * @property {Promise<void>} ready when the first picture can be classified
 * @property {() => Promise<Model[]>} models
 * @property {(model: string) => Promise<Label[]>} labels
 * @property {(picture: Blob, model: Model, signal?: AbortSignal) => Promise<Answer>} classify throws `Failure`
 *
 * @typedef {{name: string, revision: number, classes: {base: number, added: number, total: number}, rejects: boolean,
 *   thresholds: boolean, teachable: boolean}} Model
 * @typedef {{index: number, label: string, increment: string}} Label
 * @typedef {{predictions: {label: string, probability: number, increment: string, unsure?: boolean}[],
 *   rejected?: boolean}} Answer
 */

/** The share of known pictures that may be marked as showing nothing known. */
export const rejectRate = 0.05
/** Answers shown for each picture. */
export const top = 5

/** What all views share: the classifier and the model that is asked. Tells of a `change` of the model. */
export class Session extends EventTarget {
  /** @type {Model[]} */
  models = []
  /** @type {Model | undefined} */
  model
  /** @type {Label[]} */
  labels = []

  /** @param {Classifier} classifier */
  constructor(classifier) {
    super()
    this.classifier = classifier
  }

  /** Asks which models there are, and takes one of them: the named one, else the one before, else the first. */
  async load(name = this.model?.name) {
    this.models = await this.classifier.models()
    this.model = this.models.find((one) => one.name === name) ?? this.models[0]
    this.labels = await this.classifier.labels(this.model.name)
    this.dispatchEvent(new Event('change'))
  }

  /** The names of what was added, the oldest first. */
  get increments() {
    return [...new Set(this.labels.map(({ increment }) => increment))].filter((name) => name !== 'base')
  }

  /** Loads anew until the model has reached a revision, as the service takes a changed bundle over a little later. */
  async loadUntil(revision) {
    for (let left = 120; left > 0; left--) {
      await this.load()
      if (this.model.revision >= revision) return
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }

  classify(picture, signal, model = this.model) {
    return this.classifier.classify(picture, model, signal)
  }
}
