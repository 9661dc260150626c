// Brings the service's side of pictures in line with what is shown, each after whatever is going on with it.
import { Failure } from '../../words.js'
import { patiently } from '../patience.js'
import { places } from '../places.js'
import { faultOf } from './fault.js'

/** Requests at once. */
const atOnce = 3
/** How often a picture is sent by itself, where nobody answers or the service has too much to do. */
const tries = 4
const secondsAfter = ({ kind, retryAfter }) => (kind === 'offline' ? 1 : retryAfter)

/** @typedef {import('./lesson.js').Picture} Picture */
export class Sender {
  #send
  #behind
  #onChange
  #enter = places(atOnce)
  /** Work on pictures that has not ended. @type {Set<Promise<void>>} */
  #running = new Set()
  /** Whether the service took anything since the work that goes on began. */
  #isHeard = false

  /**
   * @param {(picture: Picture) => Promise<boolean>} send gives whether the service was asked
   * @param {() => Picture[]} behind those that the service does not have as they are shown
   */
  constructor(send, behind, onChange) {
    this.#send = send
    this.#behind = behind
    this.#onChange = onChange
  }

  /** Number of pictures that are being sent, or wait for that. */
  get pending() {
    return this.#running.size
  }

  sendAll(pictures) {
    for (const picture of pictures) this.#settle(picture)
    this.#onChange()
  }

  /** When the service has all that is shown. @throws {Failure} where it does not take it */
  async settled() {
    let behind = this.#behind()
    do {
      this.sendAll(behind)
      while (this.#running.size > 0) await Promise.all(this.#running)
      behind = this.#behind()
    } while (behind.some(({ fault }) => fault === undefined))
    if (behind.length === 0) return
    const [{ name, fault }] = behind
    const failure = new Failure(`The service does not have “${name}” as it is shown here. ${fault.message}`)
    failure.status = fault.status
    throw failure
  }

  #settle(picture) {
    const done = picture.done.then(async () => {
      const leave = await this.#enter()
      let name
      const send = () => {
        name = picture.of.name
        return this.#send(picture)
      }
      try {
        if (await patiently(send, { tries, secondsAfter })) this.#isHeard = true
      } catch (error) {
        // What is said of a name that it had is no fault: it is sent by the new one.
        if (picture.of.name === name) picture.fault = faultOf(error)
      } finally {
        leave()
        this.#running.delete(done)
        this.#retry()
        this.#onChange()
      }
    })
    picture.done = done
    this.#running.add(done)
  }

  /** A service that takes something may take what it did not take before. */
  #retry() {
    if (this.#running.size > 0 || !this.#isHeard) return
    this.#isHeard = false
    this.sendAll(this.#behind().filter(({ fault }) => fault?.mend === 'time'))
  }
}
