import { describe, expect, test } from '@jest/globals'
import { errorLine, failureOf, traceOf } from '../../src/cli/failure.js'
import { NpluskError } from '../../src/core/errors.js'

const running = new AbortController().signal
const interrupted = AbortSignal.abort()

describe('failureOf', () => {
  test.each([
    ['USAGE', 2],
    ['DEVICE_UNAVAILABLE', 3],
    ['ABORTED', 130],
    ['BAD_INPUT', 1],
    ['BAD_BUNDLE', 1],
    ['IO', 1],
  ] as const)('%s ends with %d', (code, exitCode) => {
    expect(failureOf(new NpluskError(code, 'So.'), running)).toEqual({ exitCode, message: 'So.' })
  })

  test('an unforeseen error says so', () => {
    const { exitCode, message } = failureOf(new TypeError('x is not a function'), running)
    expect(exitCode).toBe(1)
    expect(message).toBe('Unexpected error: x is not a function (run again with --verbose, and please report it)')
  })

  test('whatever an interruption tears down counts as the interruption', () => {
    expect(failureOf(new Error('The operation was aborted'), interrupted)).toEqual({
      exitCode: 130,
      message: 'Interrupted.',
    })
  })
})

test('errorLine is one line', () => {
  expect(errorLine('Bad:\n  a\x1b[2Jb\n')).toBe('extend: Bad: a?[2Jb')
})

test('traceOf tells the causes', () => {
  const trace = traceOf(new NpluskError('IO', 'outer', { cause: new Error('inner') }))
  expect(trace).toMatch(/^NpluskError: outer\n\s+at [^]*\ncaused by: Error: inner\n\s+at /)
})
