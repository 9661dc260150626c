import type { FastifyReply } from 'fastify'
import { problems, type Problem, type ProblemName } from './problems.js'

export const problemMediaType = 'application/problem+json'

/** RFC 9457, "Problem Details for HTTP APIs". */
export interface ProblemDocument {
  /** `urn:nplusk:problem:` and the problem's name; it stays. */
  readonly type: string
  readonly title: string
  readonly status: number
  /** One sentence on this very request. */
  readonly detail: string
}

export function typeOf(name: ProblemName): string {
  return `urn:nplusk:problem:${name}`
}

export function documentOf({ type, message }: Problem): ProblemDocument {
  return { type: typeOf(type), ...titleAndStatus(type), detail: message }
}

/** What stands in place of an answer where one image of several has none. */
export function entryOf({ type, message }: Problem): Pick<ProblemDocument, 'type' | 'title' | 'detail'> {
  return { type: typeOf(type), title: problems[type].title, detail: message }
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.retryAfter !== undefined) reply.header('retry-after', problem.retryAfter)
  if (problem.type === 'unauthorized') reply.header('www-authenticate', 'Bearer')
  return reply
    .code(problems[problem.type].status)
    .type(problemMediaType)
    .header('cache-control', 'no-store')
    .send(JSON.stringify(documentOf(problem)))
}

function titleAndStatus(name: ProblemName): { readonly title: string; readonly status: number } {
  const { title, status } = problems[name]
  return { title, status }
}

/** Schema of a problem document, under the name by which others refer to it. */
export const problemSchema = {
  $id: 'Problem',
  type: 'object',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string', enum: (Object.keys(problems) as ProblemName[]).map(typeOf) },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string' },
  },
} as const

/** Schema of what stands in place of an answer. */
export const entrySchema = {
  type: 'object',
  required: ['type', 'title', 'detail'],
  additionalProperties: false,
  properties: { type: { type: 'string' }, title: { type: 'string' }, detail: { type: 'string' } },
} as const

/** The responses of a route's schema for problems that it may answer with, by status. */
export function problemResponses(...names: readonly ProblemName[]): Record<number, object> {
  const responses: Record<number, object> = {}
  for (const name of names) {
    const { status } = problems[name]
    const same = names.filter((other) => problems[other].status === status)
    responses[status] = {
      description: same.map((other) => problems[other].title).join(' '),
      content: { [problemMediaType]: { schema: { $ref: 'Problem#' } } },
    }
  }
  return responses
}
