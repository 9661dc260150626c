import type { FastifySchema, RouteShorthandOptions } from 'fastify'
import * as schemas from './schemas.js'

const json = (schema: object) => ({ 'application/json': { schema } })
const octetStream = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }

/** What every operation of the protocol takes and answers with. */
export const operations = {
  serverMetadata: {
    summary: 'Name, version and extensions of the server.',
    schema: { response: { 200: schemas.serverMetadata } },
  },
  serverLive: { summary: 'Whether the server is there.', schema: { response: { 200: schemas.liveness } } },
  serverReady: {
    summary: 'Whether all models can be asked.',
    schema: { response: { 200: schemas.readiness, 503: schemas.readiness } },
  },
  modelMetadata: { summary: 'Inputs and outputs of a model.', schema: { response: { 200: schemas.modelMetadata } } },
  modelReady: { summary: 'Whether a model can be asked.', schema: { response: { 200: schemas.modelReadiness } } },
  modelInfer: {
    summary: 'Classifies pictures. Bytes of tensors may follow the JSON object, in requests and answers.',
    schema: {
      headers: {
        type: 'object',
        properties: {
          'inference-header-content-length': {
            type: 'integer',
            minimum: 0,
            description: 'Bytes of the JSON object, where bytes of tensors follow it.',
          },
        },
      },
      body: { content: { ...json(schemas.inferRequest), ...octetStream } },
      response: { 200: { description: 'The outputs.', content: { ...json(schemas.inferResponse), ...octetStream } } },
    },
  },
} as const

/** Statuses that every route may answer with, those of models beside them, and those of pictures beside these. */
const common = [400, 403, 405, 429, 500, 503]
const ofModels = [...common, 404]
const ofPictures = [...ofModels, 413, 415, 422, 504]

/**
 * Options of a route. Its schema is for the OpenAPI document alone: requests are checked where they are read, since the
 * protocol's errors name the field that is wrong, and its bodies are more than JSON.
 *
 * @param versioned whether the address names a version
 */
export function describeRoute(name: keyof typeof operations, versioned?: boolean): RouteShorthandOptions {
  const { summary, schema } = operations[name]
  const statuses = versioned === undefined ? common : name === 'modelInfer' ? ofPictures : ofModels
  const failures = Object.fromEntries(statuses.map((status) => [status, schemas.failure]))
  const response = { ...failures, ...schema.response }
  const described: FastifySchema & Readonly<Record<string, unknown>> = {
    operationId: versioned ? `${name}Version` : name,
    tags: ['Open Inference Protocol'],
    summary,
    ...schema,
    ...(versioned === undefined ? {} : { params: paramsOf(versioned) }),
    response,
  }
  return { schema: described, validatorCompiler: () => () => true }
}

function paramsOf(versioned: boolean): object {
  const text = (description: string) => ({ type: 'string', description })
  return {
    type: 'object',
    required: versioned ? ['model', 'version'] : ['model'],
    properties: {
      model: text("The bundle's folder name."),
      ...(versioned ? { version: text("The bundle's revision; the current one alone is served.") } : {}),
    },
  }
}
