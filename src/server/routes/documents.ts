import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import type { Settings } from '../options.js'
import { problemResponses } from '../problem-documents.js'
import { noParameters } from './schemas.js'

const teaching = { name: 'teaching', description: 'New classes; every request takes the token' }

/** What `@fastify/swagger` is told of the service, with teaching where that is allowed. */
export function descriptionOf({ allowAdd }: Pick<Settings, 'allowAdd'>) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'nplusk',
      // Of the interface, not of the program.
      version: '1',
      description: `A classifier behind HTTP: says what pictures show${allowAdd ? ', and can be taught new classes' : ''}.`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    tags: [
      { name: 'classifier', description: 'Answers, and what they are given in' },
      { name: 'service', description: 'State of the service' },
      ...(allowAdd ? [teaching] : []),
    ],
    components: allowAdd ? { securitySchemes: { token: { type: 'http' as const, scheme: 'bearer' } } } : {},
  }
}

interface Described {
  readonly requestBody?: {
    required?: boolean
    readonly content?: Readonly<Record<string, { schema?: { type?: unknown } }>>
  }
}

/** A body that may as well be null may be left out, which `@fastify/swagger` cannot be told. */
function withOptionalBodies(document: object): object {
  const { paths } = document as { readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>> }
  const operations = Object.values(paths).flatMap((path) => Object.values(path))
  for (const { requestBody } of operations) {
    const type = requestBody?.content?.['application/json']?.schema?.type
    if (requestBody && Array.isArray(type) && type.includes('null')) requestBody.required = false
  }
  return document
}

/** The description of all routes, and a page that shows it. */
export async function documentRoutes(app: FastifyInstance): Promise<void> {
  const schema = {
    operationId: 'openapi',
    tags: ['service'],
    summary: 'This description',
    querystring: noParameters,
    response: {
      200: { description: 'An OpenAPI document.', type: 'object' },
      ...problemResponses('bad-request'),
    },
  }
  app.get('/openapi.json', { schema }, () => withOptionalBodies(app.swagger() as object))
  // Without the bar on top, which shows another project's logo and styles it within the page.
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    theme: { title: 'nplusk' },
    uiConfig: { validatorUrl: null, layout: 'BaseLayout' },
  })
}
