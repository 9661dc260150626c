// Figures and failures, as people say them.

/** @param {number} share 0..1 */
export function percent(share) {
  const value = 100 * share
  if (value === 0) return '0 %'
  if (value > 0 && value < 0.1) return '< 0.1 %'
  if (value >= 99.95) return '100 %'
  // Not all of it, where others have a share.
  return `${value.toFixed(value < 10 || value > 99 ? 1 : 0)} %`
}

export function counted(count, one, many = `${one}s`) {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names) {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** @param {number} seconds */
export function lasting(seconds) {
  if (seconds < 90) return counted(Math.max(1, Math.round(seconds)), 'second')
  return seconds < 5400 ? counted(Math.round(seconds / 60), 'minute') : counted(Math.round(seconds / 3600), 'hour')
}

/** A message, and what can be done about it: a clause without a full stop. */
export function withRemedy({ message, remedy }) {
  return remedy === undefined ? message : `${message.replace(/\.$/, '')}; ${remedy}.`
}

/** Something that went wrong, in a sentence for the visitor; `kind` is a problem's type, `offline` or `unreadable`. */
export class Failure extends Error {
  constructor(message, kind = '', cause) {
    super(message, { cause })
    this.kind = kind
  }
}

export const offline = 'Nobody answers. The program that serves this page may have ended, or the connection is gone.'
export const notAPicture = 'This file is not a picture that can be read.'

/** What to tell the visitor of anything that was thrown. */
export function messageOf(error) {
  if (error instanceof Failure) return error.message
  return `Something went wrong (${error?.message ?? error}). Reload the page and try again.`
}
