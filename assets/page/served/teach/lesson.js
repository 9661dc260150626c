// What is to be taught: classes of pictures, here and on the server, which gets each picture as soon as its class has a
// name.
import { looksLikePicture } from '../../pictures/dropped.js'
import { messageOf, notAPicture } from '../../words.js'
import { places } from '../places.js'

const key = 'lesson'
/** Requests at once. */
const atOnce = 3

/**
 * @typedef {{name: string, pictures: Picture[]}} TaughtClass
 * @typedef {{file?: File, name: string, of: TaughtClass, image?: string, label?: string, error?: string,
 *   removed?: boolean, done: Promise<void>}} Picture `image` and `label` are what the server knows it by
 */
export class Lesson extends EventTarget {
  /** @type {TaughtClass[]} */
  classes = []
  pending = 0
  #service
  #model
  #calls
  #enter = places(atOnce)

  constructor(service, model) {
    super()
    this.#service = service
    this.#model = model
  }

  /** Goes on with the lesson that this tab had before it was loaded anew. Returns its state. */
  async resume() {
    const [model, id] = JSON.parse(sessionStorage.getItem(key) ?? '[]')
    if (id === undefined || model !== this.#model) return 'collecting'
    const calls = this.#service.lesson(id)
    const found = await calls.state().catch((error) => (error.status === 404 ? undefined : Promise.reject(error)))
    if (found === undefined) return 'collecting'
    this.#calls = Promise.resolve(calls)
    for (const { label, images } of found.classes) {
      const of = this.addClass(label)
      const had = images.map(({ image, file }) => ({ name: file, of, image, label, done: Promise.resolve() }))
      of.pictures.push(...had)
    }
    return found.state
  }

  /** The calls of the lesson on the server, which begins with the first of them. */
  calls() {
    this.#calls ??= this.#service.begin(this.#model).then(
      ({ lesson }) => {
        sessionStorage.setItem(key, JSON.stringify([this.#model, lesson]))
        return this.#service.lesson(lesson)
      },
      (error) => {
        this.#calls = undefined
        throw error
      },
    )
    return this.#calls
  }

  addClass(name = '') {
    const added = { name, pictures: [] }
    this.classes.push(added)
    return added
  }

  add(of, files) {
    for (const file of files) {
      const picture = { file, name: file.name, of, done: Promise.resolve() }
      if (!looksLikePicture(file)) picture.error = notAPicture
      of.pictures.push(picture)
      this.#settle(picture)
    }
    this.#changed()
  }

  /** Names a class, here alone until the name is sent: it is typed letter by letter. */
  rename(of, name) {
    of.name = name
    this.#changed()
  }

  sendName(of) {
    for (const picture of of.pictures) this.#settle(picture)
    this.#changed()
  }

  /** Puts a picture into another class. */
  move(picture, to) {
    picture.of.pictures = picture.of.pictures.filter((one) => one !== picture)
    to.pictures.push(picture)
    picture.of = to
    this.#settle(picture)
    this.#changed()
  }

  remove(picture) {
    picture.removed = true
    picture.of.pictures = picture.of.pictures.filter((one) => one !== picture)
    this.#settle(picture)
    this.#changed()
  }

  removeClass(of) {
    for (const picture of [...of.pictures]) this.remove(picture)
    this.classes = this.classes.filter((one) => one !== of)
    this.#changed()
  }

  /** Those that can be learned from. */
  usable(of) {
    return of.pictures.filter(({ error }) => error === undefined)
  }

  /** Lets go of those that could not be used. */
  forgetFailed() {
    for (const of of this.classes) of.pictures = this.usable(of)
    this.#changed()
  }

  pictureOf(image) {
    return this.classes.flatMap(({ pictures }) => pictures).find((one) => one.image === image)
  }

  /** When the server has all that is shown here. */
  async settled() {
    while (this.pending > 0) {
      await Promise.all(this.classes.flatMap(({ pictures }) => pictures.map(({ done }) => done)))
      await Promise.resolve()
    }
  }

  /** Ends the lesson on the server, and begins one of the same pictures. */
  async restart() {
    await (await this.#calls).end()
    this.sendAgain()
  }

  /** Begins a lesson of the same pictures, but for those that only the server had: it has forgotten the old one. */
  sendAgain() {
    sessionStorage.removeItem(key)
    this.#calls = undefined
    for (const of of this.classes) {
      of.pictures = of.pictures.filter(({ file }) => file !== undefined)
      for (const picture of of.pictures) {
        picture.image = undefined
        this.#settle(picture)
      }
    }
    this.#changed()
  }

  /** Deletes every picture on the server, and begins anew. */
  async end() {
    if (this.#calls !== undefined) await (await this.#calls).end()
    sessionStorage.removeItem(key)
    this.#calls = undefined
    this.classes = []
  }

  /** Brings the server's side of one picture in line with what is shown, after whatever is going on with it. */
  #settle(picture) {
    this.pending++
    picture.done = picture.done.then(async () => {
      const leave = await this.#enter()
      const begun = this.#calls
      try {
        await this.#send(picture)
      } catch (error) {
        // Not found: the service has forgotten the lesson.
        if (error.status !== 404 || begun === undefined) picture.error = messageOf(error)
        else if (begun === this.#calls && !picture.removed) this.sendAgain()
      } finally {
        leave()
        this.pending--
        this.#changed()
      }
    })
  }

  async #send(picture) {
    const { name } = picture.of
    if (picture.removed) {
      if (picture.image !== undefined) await (await this.calls()).remove(picture.image)
      picture.image = undefined
    } else if (name !== '' && picture.image === undefined && picture.error === undefined) {
      picture.image = await (await this.calls()).add(picture.file, name)
      picture.label = name
    } else if (name !== '' && picture.image !== undefined && picture.label !== name) {
      await (await this.calls()).relabel(picture.image, name)
      picture.label = name
    }
  }

  #changed() {
    this.dispatchEvent(new Event('change'))
  }
}
