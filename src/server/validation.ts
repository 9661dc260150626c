import { AjvCompiler } from '@fastify/ajv-compiler'
import type { FastifyServerOptions } from 'fastify'

type Compilers = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>
type BuildValidator = NonNullable<Compilers['buildValidator']>

const strict = { coerceTypes: false, removeAdditional: false, useDefaults: true, allErrors: false } as const

/**
 * Validates what clients send against the routes' schemas. JSON is taken as it is: "5" is no number there, and a field
 * that is not known is a mistake. Queries and paths hold text alone, so a number is read out of it.
 */
export const buildValidator: BuildValidator = (schemas) => {
  const build = AjvCompiler()
  const ofJson = build(schemas, { customOptions: strict })
  const ofText = build(schemas, { customOptions: { ...strict, coerceTypes: true } })
  return (route) => {
    const { httpPart, contentType } = route as { readonly httpPart?: string; readonly contentType?: string }
    // Bytes and forms are read by the route itself; their schemas are for the description.
    const isJson = (contentType ?? 'application/json') === 'application/json'
    if (httpPart === 'body' && !isJson) return ofJson({ schema: true })
    return (httpPart === 'body' ? ofJson : ofText)(route as Parameters<typeof ofText>[0])
  }
}

/** Writes answers as they are; their schemas are for the description, and tests hold them to it. */
export function buildSerializer() {
  return () => (answer: unknown) => JSON.stringify(answer)
}
