import { setTimeout } from 'node:timers/promises'
import { readBundle } from '../../bundle/bundle.js'
import { revisionIdOf } from '../../bundle/history/revision-file.js'
import { isBundle } from '../../bundle/layout.js'
import type { ModelOptions } from '../../classifier/model-options.js'
import { messageOf } from '../../core/errors.js'
import type { ScorerOptions } from '../batching/scorer.js'
import { folderState } from './folder-state.js'
import { isLasting } from './is-lasting.js'
import { openTried } from './open-tried.js'
import { Revision } from './revision.js'
import type { Lease } from './served-models.js'

/** How a model is opened, at first and again. */
export interface ModelSource {
  readonly open: ModelOptions
  /** Where a bundle may come to lie that is then served instead of `open.model`. @default nowhere */
  readonly out?: string | undefined
  readonly scorer: ScorerOptions
}

/** A model under its name, as the newest revision that could be opened. */
export class ServedModel {
  /** The folder that may come to hold another revision. */
  readonly #folder: string | undefined
  /** What lay there when it was looked at last. */
  #state: string | undefined
  #current: Revision
  #reported: string | undefined
  #looking: Promise<void> = Promise.resolve()
  #isClosed = false

  private constructor(
    readonly name: string,
    readonly source: ModelSource,
    current: Revision,
    folder: string | undefined,
  ) {
    this.#current = current
    this.#folder = folder
  }

  /** @throws NpluskError as `openTried` */
  static async open(name: string, source: ModelSource): Promise<ServedModel> {
    const { open, out, scorer } = source
    const folder = (await isBundle(open.model)) ? open.model : out
    const model = folder !== undefined && (await isBundle(folder)) ? folder : open.model
    const classifier = await openTried({ ...open, model })
    return new ServedModel(name, source, new Revision(model, classifier, scorer), folder)
  }

  /** Whether it can be asked. */
  get isReady(): boolean {
    return !this.#isClosed && !this.#current.hasFailed
  }

  lease(): Lease {
    return this.#current.lease(this.name)
  }

  /**
   * Looks whether the folder holds another revision; if so, opens it, runs it once, and answers with it from then on.
   * What cannot be opened is reported once, and the present revision stays; it is tried again when its files change, or
   * at the next look where the reason may have passed by then. A session that has failed is opened anew.
   */
  refresh(): Promise<void> {
    return (this.#looking = this.#looking.then(() => this.#look()))
  }

  /**
   * Closes the present revision, whether requests wait for it or not.
   *
   * @param patienceMs longest time that a look at the folder may still take; it may be where nothing answers any more
   */
  async close(patienceMs: number): Promise<void> {
    this.#isClosed = true
    await Promise.race([this.#looking, setTimeout(patienceMs, undefined, { ref: false })])
    await this.#current.close()
  }

  async #look(): Promise<void> {
    if (this.#isClosed) return
    try {
      const state = this.#folder === undefined ? '' : await folderState(this.#folder)
      if (state === this.#state && !this.#current.hasFailed) return
      // Read before the folder is opened: a change that comes in between is then seen the next time.
      this.#state = state
      await this.#take()
      this.#reported = undefined
    } catch (error) {
      if (!isLasting(error)) this.#state = undefined
      this.#report(messageOf(error))
    }
  }

  /** Takes over what lies in the folder, where that is not what answers already. */
  async #take(): Promise<void> {
    const { open, scorer } = this.source
    const { id, hasFailed } = this.#current
    const folder =
      this.#folder !== undefined && (id !== undefined || (await isBundle(this.#folder))) ? this.#folder : undefined
    if (!hasFailed && (folder === undefined || (await idOf(folder)) === id)) return
    const model = folder ?? open.model
    const classifier = await openTried({ ...open, model, onProgress: undefined })
    if (this.#isClosed) {
      await classifier.session.close()
      return
    }
    this.#current.retire()
    this.#current = new Revision(model, classifier, scorer)
    const { revision } = classifier.manifest ?? { revision: 0 }
    const message = `"${this.name}" now answers with revision ${revision}: ${classifier.labels.length} classes.`
    open.onProgress?.({ type: 'info', message })
  }

  #report(message: string): void {
    if (message === this.#reported) return
    this.#reported = message
    this.source.open.onProgress?.({
      type: 'warning',
      code: 'BUNDLE_NOT_TAKEN',
      message: `"${this.name}" still answers with what was opened before: ${message}`,
    })
  }
}

/** Identifies the revision that lies in a folder. */
async function idOf(folder: string): Promise<string> {
  return revisionIdOf((await readBundle(folder)).manifest).id
}
