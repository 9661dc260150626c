// What keeps a picture of a lesson from the service as it is shown.
import { messageOf, notAPicture } from '../../words.js'

/**
 * @typedef {{message: string, status?: number, mend: 'nothing' | 'name' | 'time'}} Fault `mend` is what makes it worth
 * sending again: nothing, as the picture itself is at fault; another name; or time
 */

/** @type {Fault} */
export const noPicture = { message: notAPicture, mend: 'nothing' }

/** The token is wrong until another one is given; the service is at something else, has too much to do, or no space. */
const passing = [401, 409, 429, 503, 507]

/** @returns {Fault} of a request that failed */
export function faultOf(error) {
  const { kind, status } = error
  const mend =
    kind === 'unreadable-image' ? 'nothing' : kind === 'offline' || passing.includes(status) ? 'time' : 'name'
  return { message: messageOf(error), status, mend }
}

/** Whether the service does not have a picture as it is shown, and sending it again may change that. */
export function isBehind({ removed, image, label, fault, of }) {
  if (removed) return image !== undefined
  if (of.name === '') return false
  return image === undefined ? fault === undefined || fault.mend === 'time' : label !== of.name
}

/** Lets a picture be sent again, unless it is itself at fault. */
export function forgive(picture) {
  if (picture.fault?.mend !== 'nothing') picture.fault = undefined
}
