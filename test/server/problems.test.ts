import { describe, expect, test } from '@jest/globals'
import { NpluskError } from '../../src/core/errors.js'
import { asProblem } from '../../src/server/as-problem.js'
import { documentOf } from '../../src/server/problem-documents.js'
import { Problem, problems } from '../../src/server/problems.js'
import { documentText } from '../support/documents.js'

test('the page on serving lists every problem, and none beside', () => {
  const rows = [...documentText('docs/serving.md').matchAll(/^\| `([a-z-]+)` +\| +(\d{3}) \| (.*?) +\|$/gm)]
  const listed = rows.map(([, name, status, title]) => [name, { status: Number(status), title }])
  expect(Object.fromEntries(listed)).toEqual(problems)
})

test('titles are sentences, and statuses those of errors', () => {
  for (const { status, title } of Object.values(problems)) {
    expect(title).toMatch(/^[A-Z].*\.$/)
    expect(status >= 400 && status < 600).toBe(true)
  }
})

describe('what is thrown', () => {
  const path = '/home/somebody/bundle'

  test('shows nothing of itself to the client unless it is a problem', () => {
    const thrown = [
      new NpluskError('BAD_BUNDLE', `${path} is damaged.`),
      new NpluskError('NOT_FOUND', `${path} is not there.`),
      new NpluskError('CONFLICT', `${path} was changed.`),
      new Error(`ENOENT: ${path}`),
      Object.assign(new Error(`in ${path}`), { statusCode: 400 }),
      Object.assign(new Error(`in ${path}`), { statusCode: 500, code: 'FST_ERR_CTP_BODY_TOO_LARGE' }),
      Object.assign(new Error(`no space for ${path}`), { code: 'ENOSPC' }),
      path,
      undefined,
    ]
    const shown = thrown.map((error) => documentOf(asProblem(error)))
    expect(JSON.stringify(shown)).not.toContain('somebody')
    expect(shown.map(({ status }) => status)).toEqual([500, 500, 409, 500, 400, 413, 507, 500, 500])
    expect(asProblem(thrown[0]).cause).toBe(thrown[0])
  })

  test('is what it is where it is a problem', () => {
    const problem = new Problem('deadline-exceeded', 'Too late.')
    expect(documentOf(asProblem(problem))).toEqual({
      type: 'urn:nplusk:problem:deadline-exceeded',
      title: problems['deadline-exceeded'].title,
      status: 504,
      detail: 'Too late.',
    })
  })

  test('names a field that is not known, however long, and the values that are', () => {
    const refused = (params: object, message?: string) =>
      asProblem({ validation: [{ instancePath: '/a', message, params }], validationContext: 'body' }).message
    const long = refused({ additionalProperty: `"${'x'.repeat(9999)}` })
    expect(long).toMatch(/^body\/a has a field that is not known: "\\"x+…"\.$/)
    expect(long.length).toBeLessThan(120)
    expect(refused({ allowedValues: ['b', 'c'] }, 'must be one of')).toBe('body/a must be one of: b, c.')
  })

  test('says in words how far a value of the query may go', () => {
    const refused = (comparison: string) => {
      const validation = [
        { instancePath: '/top', message: `must be ${comparison} 1`, params: { comparison, limit: 1 } },
      ]
      return asProblem({ validation, validationContext: 'querystring' }).message
    }
    expect(['>=', '<=', '>', '<'].map(refused)).toEqual([
      'top must be 1 or more.',
      'top must be 1 or less.',
      'top must be more than 1.',
      'top must be less than 1.',
    ])
  })
})
