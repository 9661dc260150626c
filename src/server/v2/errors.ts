import type { FastifyReply, FastifyRequest } from 'fastify'
import { asProblem } from '../as-problem.js'
import type { Settings } from '../options.js'
import { problems, type Problem } from '../problems.js'
import { reportFailure } from '../report-failure.js'

/** Answers what fails below `/v2`. */
export function handleProtocolErrors(options: Settings) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = asProblem(error)
    if (problem.type === 'internal') reportFailure(options, request, error)
    return sendError(reply, problem)
  }
}

/** The protocol has errors of its own form. */
export function sendError(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.retryAfter !== undefined) reply.header('retry-after', problem.retryAfter)
  return sendJson(reply.code(problems[problem.type].status), { error: problem.message })
}

/** Sends bytes, to which no charset is added: KServe's client reads an error only where the type is JSON's alone. */
function sendJson(reply: FastifyReply, value: object): FastifyReply {
  return reply.type('application/json').send(Buffer.from(JSON.stringify(value)))
}
