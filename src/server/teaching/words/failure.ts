import { NpluskError, type ErrorCode } from '../../../core/errors.js'
import { noSpace } from '../../as-problem.js'
import { Problem, type ProblemName } from '../../problems.js'
import { remedyFor } from './remedies.js'
import { withoutPaths } from './without-paths.js'

/** The problem that each kind of error is to a client, and what to say where the message cannot be shown. */
const problemOf: Readonly<Record<ErrorCode, readonly [ProblemName, string]>> = {
  BAD_INPUT: ['bad-request', 'The lesson cannot be taught as it is.'],
  USAGE: ['bad-request', 'The lesson cannot be taught as it is.'],
  NOT_FOUND: ['not-found', 'What was asked for is not there.'],
  CONFLICT: ['conflict', 'The model was changed meanwhile, or a name is taken; try again.'],
  ABORTED: ['conflict', 'It was stopped; nothing was changed.'],
  IO: ['internal', 'The service cannot write or read what it needs.'],
  DOWNLOAD: ['internal', 'The service cannot fetch a file that it needs.'],
  BAD_MODEL: ['internal', 'The service cannot use its model for this.'],
  BAD_BUNDLE: ['internal', 'The model is damaged; who runs the service can see what is wrong with it.'],
  DEVICE_UNAVAILABLE: ['internal', 'The service cannot use its device.'],
  QUEUE: ['internal', 'The service failed.'],
}

/**
 * What a client is told of an error of the library.
 *
 * @param named puts names that the client knows into a text, in the place of paths
 */
export function failureOf(error: unknown, named: (text: string) => string = (text) => text): Problem {
  if (error instanceof Problem) return error
  if (error instanceof Error && error.name === 'AbortError') return new Problem('conflict', problemOf.ABORTED[1])
  const full = noSpace(error)
  if (full !== undefined) return full
  if (!(error instanceof NpluskError)) return new Problem('internal', 'The service failed.', { cause: error })
  const [type, otherwise] = problemOf[error.code]
  const isForClients = type !== 'internal' && error.code !== 'ABORTED'
  const message = isForClients ? withoutPaths(named(error.message)) : undefined
  return new Problem(type, sentence(message ?? otherwise, remedyFor(error.remedy)), { cause: error })
}

function sentence(message: string, remedy: string | undefined): string {
  return remedy === undefined ? message : `${message.replace(/\.$/, '')}; ${remedy}.`
}
