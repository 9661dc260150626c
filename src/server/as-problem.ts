import { Problem, problems, type ProblemName } from './problems.js'

/**
 * What a thrown value is to a client. Errors of Fastify and its plugins that are the client's have a status of ours;
 * everything else is `internal`, and what it was stays in `cause`.
 */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const { statusCode, message } = error as { readonly statusCode?: number; readonly message?: string }
  const type = statusCode === undefined || statusCode === 500 ? undefined : problemOf(statusCode)
  if (type === undefined) return new Problem('internal', problems.internal.title, { cause: error })
  return new Problem(type, message ?? problems[type].title, { cause: error })
}

function problemOf(status: number): ProblemName | undefined {
  const names = Object.keys(problems) as ProblemName[]
  return names.find((name) => problems[name].status === status) ?? (status < 500 ? 'bad-request' : undefined)
}
