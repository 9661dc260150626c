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
 *   rejected?: boolean, revision?: number}} Answer `revision` of the model that answered, where that can change
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
  #loads = 0
  #renewing

  /** @param {Classifier} classifier */
  constructor(classifier) {
    super()
    this.classifier = classifier
  }

  /** Asks which models there are, and takes one of them: the named one, else the one before, else the first. */
  async load(name = this.model?.name) {
    const own = ++this.#loads
    this.models = await this.classifier.models()
    const model = this.models.find((one) => one.name === name) ?? this.models[0]
    const labels = await this.classifier.labels(model.name)
    if (own !== this.#loads) return // another one was chosen meanwhile
    this.model = model
    this.labels = labels
    this.dispatchEvent(new Event('change'))
  }

  /** The names of what was added, the oldest first. */
  get increments() {
    return [...new Set(this.labels.map(({ increment }) => increment))].filter((name) => name !== 'base')
  }

  /** Loads anew until the model has reached a revision, as the service takes a changed bundle over a little later. */
  async loadUntil(revision) {
    const { name } = this.model
    for (let left = 120; left > 0; left--) {
      await this.load()
      if (this.model.name !== name || this.model.revision >= revision) return
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }

  /**
   * Classifies a picture. Where the model was changed since it was loaded, what can be asked of it may have changed as
   * well: then the models are loaded anew, and the picture is asked about once more.
   *
   * @returns {Promise<Answer>}
   */
  async classify(picture, signal, { name } = this.model) {
    const asked = this.#named(name)
    try {
      const answer = await this.classifier.classify(picture, asked, signal)
      if (answer.revision === undefined || answer.revision === asked.revision) return answer
    } catch (error) {
      if (error.status !== 400) throw error
    }
    if (this.#named(name) === asked) await this.#renew()
    return this.classifier.classify(picture, this.#named(name), signal)
  }

  #named(name) {
    return this.models.find((one) => one.name === name) ?? this.model
  }

  /** Several pictures that notice a change at once have it loaded once. */
  #renew() {
    this.#renewing ??= this.load().finally(() => (this.#renewing = undefined))
    return this.#renewing
  }
}
