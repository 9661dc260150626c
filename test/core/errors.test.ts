import { describe, expect, test } from '@jest/globals'
import { ioError, messageOf, NpluskError, throwIfAborted } from '../../src/core/errors.js'

describe('NpluskError', () => {
  test('carries a code, data and a cause', () => {
    const cause = new Error('native')
    const error = new NpluskError('BAD_MODEL', 'It is damaged.', { cause, data: { file: 'a.onnx' } })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'NpluskError', code: 'BAD_MODEL', message: 'It is damaged.', cause })
    expect(error.data).toEqual({ file: 'a.onnx' })
  })

  test('has no cause and empty data where none is given', () => {
    const error = new NpluskError('USAGE', 'No.')
    expect('cause' in error).toBe(false)
    expect(error.data).toEqual({})
  })
})

test('messageOf reads whatever was thrown', () => {
  expect([new Error('a'), 'b', 3, undefined].map(messageOf)).toEqual(['a', 'b', '3', 'undefined'])
})

test('throwIfAborted throws once the signal has fired, and only then', () => {
  const controller = new AbortController()
  throwIfAborted(undefined)
  throwIfAborted(controller.signal)
  controller.abort()
  expect(() => throwIfAborted(controller.signal)).toThrow(expect.objectContaining({ code: 'ABORTED' }))
})

describe('ioError', () => {
  test.each([
    ['ENOSPC', /^Cannot write a\.json: the disk is full; .*\.$/],
    ['EACCES', /^Cannot write a\.json: permission is denied; .*\.$/],
    ['EROFS', /^Cannot write a\.json: the file system is read-only; .*\.$/],
    ['EMFILE', /^Cannot write a\.json: too many files are open; .*\.$/],
  ])('says what %s means', (code, message) => {
    const cause = Object.assign(new Error('native'), { code })
    expect(ioError(cause, 'write a.json')).toMatchObject({
      code: 'IO',
      message: expect.stringMatching(message),
      cause,
      data: { errno: code },
    })
  })

  test.each([
    new NpluskError('CONFLICT', 'Taken.'),
    Object.assign(new Error('native'), { code: 'EWHATEVER' }),
    new TypeError('a bug'),
    undefined,
  ])('hands on what is no failure it knows: %p', (error) => {
    expect(ioError(error, 'write')).toBe(error)
  })
})
