import { NpluskError } from '../core/errors.js'
import { decoderEnded } from '../image/heic.js'
import { Problem } from './problems.js'

/**
 * What a decoder's error is to the client that sent the picture: the reason without the name that it gives the picture.
 * What has nothing to do with the picture is `internal`.
 */
export function unusablePicture(error: unknown): Problem {
  const { reason, isTooLarge = false } = error instanceof NpluskError ? error.data : {}
  if (typeof reason !== 'string' || reason.startsWith(decoderEnded)) {
    return new Problem('internal', 'The picture could not be decoded.', { cause: error })
  }
  if (isTooLarge === true) {
    return new Problem('too-large', `The picture is too large: ${reason}.`, { cause: error })
  }
  return new Problem('unreadable-image', `The picture cannot be used: ${reason}.`, { cause: error })
}

/** Whether one picture of a request is at fault, and the others can be taken all the same. */
export function isOfOnePicture(error: unknown): error is Problem {
  return error instanceof Problem && ['unreadable-image', 'too-large'].includes(error.type)
}
