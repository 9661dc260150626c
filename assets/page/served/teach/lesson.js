// What is to be taught: classes of pictures, here and on the server, which gets each picture as soon as its class has a
// name.
import { looksLikePicture } from '../../pictures/dropped.js'
import { forgive, isBehind, noPicture } from './fault.js'
import { Sender } from './sender.js'
import { ServerLesson, unlessForgotten } from './server-lesson.js'

/**
 * Tells of a `change`, and where the server has `forgotten` its pictures, how many are `lost`.
 *
 * @typedef {{name: string, pictures: Picture[]}} TaughtClass
 * @typedef {{file?: File, name: string, of: TaughtClass, image?: string, label?: string,
 *   fault?: import('./fault.js').Fault, removed?: boolean, done: Promise<void>}} Picture `image` and `label` are what
 *   the server knows it by
 */
export class Lesson extends EventTarget {
  /** @type {TaughtClass[]} */
  classes = []
  #server
  /** Pictures that were removed here, and may still be on the server. @type {Set<Picture>} */
  #removed = new Set()
  #sender = new Sender(
    (picture) => this.#send(picture),
    () => this.#behind(),
    () => this.#changed(),
  )

  constructor(service, model) {
    super()
    this.#server = new ServerLesson(service, model)
  }

  /**
   * Goes on with the lesson that this tab has on the server: with another token, or after the page was loaded anew.
   * Returns its state.
   */
  async resume(service) {
    const { isForgotten, state, classes } = await this.#server.find(service)
    if (isForgotten) {
      this.sendAgain()
      return state
    }
    if (this.classes.length === 0) this.#show(classes)
    this.#sender.sendAll(this.#behind())
    return state
  }

  #show(classes) {
    for (const { label, images } of classes) {
      const of = this.addClass(label)
      const had = images.map(({ image, file }) => ({ name: file, of, image, label, done: Promise.resolve() }))
      of.pictures.push(...had)
    }
  }

  /** The calls of the lesson on the server, which begins with the first of them. */
  calls() {
    return this.#server.calls()
  }

  addClass(name = '') {
    const added = { name, pictures: [] }
    this.classes.push(added)
    return added
  }

  add(of, files) {
    const added = files.map((file) => ({
      file,
      name: file.name,
      of,
      fault: looksLikePicture(file) ? undefined : noPicture,
      done: Promise.resolve(),
    }))
    of.pictures.push(...added)
    this.#sender.sendAll(added)
  }

  /** Names a class, here alone until the name is sent: it is typed letter by letter. */
  rename(of, name) {
    of.name = name
    of.pictures.forEach(forgive)
    this.#changed()
  }

  sendName(of) {
    this.#sender.sendAll(of.pictures)
  }

  /** Puts a picture into another class. */
  move(picture, to) {
    picture.of.pictures = picture.of.pictures.filter((one) => one !== picture)
    to.pictures.push(picture)
    picture.of = to
    forgive(picture)
    this.#sender.sendAll([picture])
  }

  remove(picture) {
    picture.removed = true
    picture.of.pictures = picture.of.pictures.filter((one) => one !== picture)
    this.#removed.add(picture)
    this.#sender.sendAll([picture])
  }

  removeClass(of) {
    for (const picture of [...of.pictures]) this.remove(picture)
    this.classes = this.classes.filter((one) => one !== of)
    this.#changed()
  }

  /** Those that can be learned from. */
  usable(of) {
    return of.pictures.filter(({ fault }) => fault === undefined || fault.mend === 'time')
  }

  /** Lets go of those that could not be used. */
  forgetFailed() {
    for (const of of this.classes) of.pictures = this.usable(of)
    this.#changed()
  }

  get #pictures() {
    return this.classes.flatMap(({ pictures }) => pictures)
  }

  pictureOf(image) {
    return this.#pictures.find((one) => one.image === image)
  }

  /** Number of pictures that are being sent, or wait for that. */
  get pending() {
    return this.#sender.pending
  }

  /** When the server has all that is shown here. @throws {Failure} where it does not take it */
  settled() {
    return this.#sender.settled()
  }

  /** Begins a lesson of the same pictures, but for those that only the server had: it has forgotten the old one. */
  sendAgain() {
    this.#server.leave()
    this.#forgetRemoved()
    const lost = this.#pictures.filter(({ file }) => file === undefined).length
    for (const of of this.classes) of.pictures = of.pictures.filter(({ file }) => file !== undefined)
    for (const picture of this.#pictures) {
      picture.image = undefined
      forgive(picture)
    }
    this.#sender.sendAll(this.#pictures)
    if (this.classes.length > 0) this.dispatchEvent(Object.assign(new Event('forgotten'), { lost }))
  }

  /** Deletes every picture on the server, and begins anew. */
  async end() {
    await this.#server.end()
    this.#forgetRemoved()
    this.classes = []
  }

  #forgetRemoved() {
    for (const picture of this.#removed) picture.image = undefined
    this.#removed.clear()
  }

  #behind() {
    return [...this.#removed, ...this.#pictures].filter(isBehind)
  }

  /** Sends what has changed of one picture. Returns whether there was anything. */
  async #send(picture) {
    if (!isBehind(picture)) return false
    const { turn } = this.#server
    const calls = await this.calls()
    if (!isBehind(picture)) return false // it was changed meanwhile
    const { removed } = picture
    const { name } = picture.of
    let { image } = picture
    try {
      if (removed) await calls.remove(image)
      else if (image === undefined) image = await calls.add(picture.file, name)
      else await calls.relabel(image, name)
    } catch (error) {
      unlessForgotten(error)
      if (!removed && turn === this.#server.turn) this.sendAgain()
    }
    // In place of a lesson that was forgotten meanwhile, the picture is sent to another one.
    if (turn !== this.#server.turn) return true
    picture.fault = undefined
    picture.image = removed ? undefined : image
    picture.label = name
    if (removed) this.#removed.delete(picture)
    return true
  }

  #changed() {
    this.dispatchEvent(new Event('change'))
  }
}
