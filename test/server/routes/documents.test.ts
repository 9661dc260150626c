import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { RunningServer } from '../../../src/server/serve.js'
import { describeInBrowser } from '../../support/browser.js'
import { serveTiny, tinyBundle, type TinyBundle } from '../tiny-server.js'

let tiny: TinyBundle
let server: RunningServer
let document: OpenApi

interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly security?: readonly object[]
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>
}

interface OpenApi {
  readonly openapi: string
  readonly info: { readonly description: string }
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: object }
}

beforeAll(async () => {
  tiny = await tinyBundle()
  server = await serveTiny(tiny, { allowAdd: true })
  document = (await (await fetch(`${server.url}/openapi.json`)).json()) as OpenApi
})

afterAll(async () => {
  await server.close()
  tiny[Symbol.dispose]()
})

const tagNames = ({ tags }: OpenApi) => tags.map(({ name }) => name)

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  )

describe('the OpenAPI document', () => {
  test('names every operation once, with a summary and a tag', () => {
    expect(document.openapi).toMatch(/^3\.1\./)
    const names = operations().map(({ operationId }) => operationId)
    expect(names).toEqual(expect.arrayContaining(['predict', 'labels', 'models', 'healthz', 'readyz', 'metrics']))
    expect(new Set(names).size).toBe(names.length)
    for (const { summary, tags } of operations()) {
      expect(summary).toMatch(/^\S/)
      expect(tags.length).toBeGreaterThan(0)
    }
  })

  test('says nothing of teaching where that is not allowed', async () => {
    await using closed = await serveTiny(tiny)
    const other = (await (await fetch(`${closed.url}/openapi.json`)).json()) as OpenApi
    expect(tagNames(document)).toContain('teaching')
    expect(tagNames(other)).not.toContain('teaching')
    expect(document.info.description).toMatch(/taught/)
    expect(other.info.description).not.toMatch(/taught/)
    expect(document.components).toHaveProperty('securitySchemes')
    expect(other.components).not.toHaveProperty('securitySchemes')
  })

  test('has for every operation what the service itself may answer with', () => {
    for (const { operationId, responses } of operations()) {
      expect({ operationId, statuses: Object.keys(responses) }).toEqual({
        operationId,
        statuses: expect.arrayContaining(['400', '403', '405', '429', '500', '503']),
      })
    }
  })

  test('has the errors of the protocol below /v2', () => {
    const ofProtocol = operations().filter(({ path }) => path.startsWith('/v2'))
    expect(ofProtocol.length).toBeGreaterThan(5)
    for (const { operationId, responses } of ofProtocol) {
      // What came in too slowly is answered before it is known what it asks for.
      const { 408: _, ...rest } = responses
      expect({ operationId, kinds: Object.values(rest).flatMap(({ content }) => Object.keys(content ?? {})) }).toEqual({
        operationId,
        kinds: expect.not.arrayContaining(['application/problem+json']),
      })
    }
  })

  test('has what bodies are refused with wherever they are read, and a full disk where something is stored', () => {
    for (const { operationId, method, responses } of operations()) {
      const refusals = ['408', '413', '415'].filter((status) => status in responses)
      expect({ operationId, refusals: refusals.length }).toEqual({ operationId, refusals: method === 'get' ? 0 : 3 })
    }
    const storing = operations().filter(({ responses }) => '507' in responses)
    expect(storing.map(({ operationId }) => operationId).sort()).toEqual(
      ['addLessonImages', 'beginLesson', 'exportModel', 'rollBack', 'undoLesson'].sort(),
    )
  })

  test('has no reference that leads nowhere', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target!)
    expect(references.length).toBeGreaterThan(20)
    const lost = references.filter((target) => {
      const [, name] = /^#\/components\/schemas\/(.+)$/.exec(target) ?? []
      return name === undefined || !(name in document.components.schemas)
    })
    expect(lost).toEqual([])
  })

  test('says which operations take the token', () => {
    const guarded = operations().filter(({ responses }) => '401' in responses)
    expect(guarded.length).toBeGreaterThan(5)
    expect(guarded.every(({ path }) => path.startsWith('/teach/'))).toBe(true)
  })
})

describeInBrowser((browser) => {
  test('its page shows the operations without a message, and asks nobody else', async () => {
    const page = await browser().newPage()
    try {
      const messages: string[] = []
      const elsewhere: string[] = []
      page.on('console', (message) => messages.push(message.text()))
      page.on('pageerror', (error) => messages.push(error.message))
      page.on('request', (request) => {
        if (!request.url().startsWith(server.url) && !request.url().startsWith('data:')) elsewhere.push(request.url())
      })
      await page.goto(`${server.url}/docs`)
      await page.getByText('/predict', { exact: true }).first().waitFor()
      expect({ messages, elsewhere }).toEqual({ messages: [], elsewhere: [] })
    } finally {
      await page.close()
    }
  })
})
