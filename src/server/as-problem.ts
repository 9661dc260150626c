import { NpluskError, type ErrorCode } from '../core/errors.js'
import { Problem, type ProblemName } from './problems.js'

const otherMedia = [
  'unsupported-media-type',
  'Content-Type must say what the body is: image/… or application/octet-stream, multipart/form-data, application/json.',
] as const

/** Errors of Fastify and its plugins that are the client's, in words of ours. */
const known: Readonly<Record<string, readonly [ProblemName, string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: otherMedia,
  FST_ERR_CTP_INVALID_TYPE: otherMedia,
  FST_ERR_CTP_BODY_TOO_LARGE: ['too-large', 'The body is larger than this service takes.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['bad-request', 'The body is empty, though its type is JSON.'],
  FST_ERR_CTP_INVALID_JSON_BODY: [
    'bad-request',
    'The body is no JSON, or has a field of a name that no field may have.',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['bad-request', 'The body is not as long as its head says.'],
  FST_ERR_BAD_URL: ['bad-request', 'The address holds a percent sign that no two hexadecimal digits follow.'],
  FST_ERR_MAX_PARAM_LENGTH: ['bad-request', 'A part of the address is longer than this service takes.'],
  FST_PARTS_LIMIT: ['too-large', 'The form has more parts than this service takes.'],
  FST_FILES_LIMIT: ['too-large', 'The form has more files than this service takes.'],
  FST_FIELDS_LIMIT: ['too-large', 'The form has more fields than this service takes.'],
  FST_REQ_FILE_TOO_LARGE: ['too-large', 'A file of the form is larger than this service takes.'],
  FST_PROTO_VIOLATION: ['bad-request', 'The form has a field of a name that no field may have.'],
  FST_MP_PREMATURE_CLOSE: ['bad-request', 'The form ends before its last part does.'],
  FST_INVALID_MULTIPART_CONTENT_TYPE: ['unsupported-media-type', 'The request is no form with files.'],
}

/** What errors of the library are to a client; their own messages may name paths, and stay in the log. */
const ofLibrary: Partial<Record<ErrorCode, readonly [ProblemName, string]>> = {
  CONFLICT: ['conflict', 'What was asked for does not fit the state of the model.'],
  ABORTED: ['not-ready', 'The service stopped before this was done.'],
}

/** What Fastify's validation says of a part of the request. */
interface Refusal {
  readonly instancePath: string
  readonly message?: string
  readonly params?: {
    readonly additionalProperty?: string
    readonly allowedValues?: readonly unknown[]
    readonly comparison?: string
    readonly limit?: unknown
  }
}

/** The problem of a disk that is full, where that is what an error of the system or the library says. */
export function noSpace(error: unknown): Problem | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown }
  const errno = error instanceof NpluskError ? error.data['errno'] : code
  if (errno !== 'ENOSPC' && errno !== 'EDQUOT') return undefined
  return new Problem('no-space', 'The disk of the service is full; nothing of this was stored.', { cause: error })
}

/**
 * What a thrown value is to a client: a problem without a path, a stack or a version. Whatever is not known to be the
 * client's fault is `internal`; what it was stays in `cause`.
 */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const { code, statusCode, validation, validationContext } = (error ?? {}) as {
    readonly code?: string
    readonly statusCode?: number
    readonly validation?: readonly Refusal[]
    readonly validationContext?: string
  }
  if (validation?.[0] !== undefined) {
    return new Problem('bad-request', refusal(validationContext ?? 'request', validation[0]), { cause: error })
  }
  const full = noSpace(error)
  if (full !== undefined) return full
  const found = error instanceof NpluskError ? ofLibrary[error.code] : known[code ?? '']
  if (found !== undefined) return new Problem(...found, { cause: error })
  if (!(error instanceof NpluskError) && statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new Problem('bad-request', 'The request is none that this service understands.', { cause: error })
  }
  return new Problem('internal', 'Something failed that is not the fault of the request.', { cause: error })
}

/** Such as "top must be 1000 or less.", and of fields of a body "body/top …". */
function refusal(part: string, { instancePath, message = 'is wrong', params }: Refusal): string {
  const unknown = params?.additionalProperty
  const values = params?.allowedValues
  const where = part === 'querystring' && instancePath !== '' ? instancePath.slice(1) : `${part}${instancePath}`
  if (unknown !== undefined) {
    return `${part === 'querystring' ? 'The query' : where} has a field that is not known: ${shortened(unknown)}.`
  }
  if (values !== undefined) return `${where} must be one of: ${values.join(', ')}.`
  const range = bounds[params?.comparison ?? '']
  return `${where} ${range === undefined ? message : range(params?.limit)}.`
}

const bounds: Readonly<Record<string, (limit: unknown) => string>> = {
  '>=': (limit) => `must be ${String(limit)} or more`,
  '<=': (limit) => `must be ${String(limit)} or less`,
  '>': (limit) => `must be more than ${String(limit)}`,
  '<': (limit) => `must be less than ${String(limit)}`,
}

function shortened(name: string): string {
  return JSON.stringify(name.length > 50 ? `${name.slice(0, 50)}…` : name)
}
