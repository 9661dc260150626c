import { readFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import { ioError, isRefusal, messageOf, NpluskError, readError, throwIfAborted } from '../../src/core/errors.js'

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
    ['ENOENT', /^Cannot read a\.json: it is not there; check the path\.$/],
    ['EACCES', /^Cannot read a\.json: permission is denied; make it readable for you\.$/],
    ['EISDIR', /^Cannot read a\.json: it is a folder; give a file\.$/],
    ['EMFILE', /^Cannot read a\.json: too many files are open; .*\.$/],
  ])('says what %s means for reading', (code, message) => {
    const cause = Object.assign(new Error('native'), { code })
    expect(readError(cause, 'a.json')).toMatchObject({ code: 'IO', message: expect.stringMatching(message), cause })
  })

  test('a remedy is one for what was to be done', async () => {
    const failures = async (work: Promise<unknown>) =>
      work.then(
        () => undefined,
        (error: unknown) => error,
      )
    const missing = await failures(readFile('nothing/of/the/kind'))
    expect(readError(missing, 'x')).toMatchObject({ message: 'Cannot read x: it is not there; check the path.' })
    expect(ioError(missing, 'write x')).toMatchObject({ message: expect.stringContaining('cannot be made') })
    const folder = await failures(readFile('.'))
    expect(readError(folder, 'x')).toMatchObject({ message: 'Cannot read x: it is a folder; give a file.' })
    const denied = Object.assign(new Error('native'), { code: 'EPERM' })
    expect(ioError(denied, 'clear x', 'delete')).toMatchObject({ message: expect.not.stringContaining('write') })
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

test('isRefusal tells what was not looked at from what is not there', () => {
  const failed = (code: string) => Object.assign(new Error('native'), { code })
  expect(['EACCES', 'EMFILE', 'ENOENT', 'ENOTDIR'].map((code) => isRefusal(failed(code)))).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect([undefined, new Error('other')].map(isRefusal)).toEqual([false, false])
})
