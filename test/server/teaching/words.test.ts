import { describe, expect, test } from '@jest/globals'
import { ioError, NpluskError, type ErrorCode } from '../../../src/core/errors.js'
import type { Remedy } from '../../../src/core/remedies.js'
import { asProblem } from '../../../src/server/as-problem.js'
import { failureOf } from '../../../src/server/teaching/words/failure.js'
import { remedyFor } from '../../../src/server/teaching/words/remedies.js'
import { warningFor } from '../../../src/server/teaching/words/warning.js'
import { withoutPaths } from '../../../src/server/teaching/words/without-paths.js'

const same = (text: string) => text

test.each([
  'Cannot read /etc/passwd.',
  'in "/home/me/x"',
  'C:\\Users\\me',
  '\\\\server\\share',
  'see file:///a',
  '~/models',
])('%j has a path, and is not shown', (text) => {
  expect(withoutPaths(text)).toBeUndefined()
})

test.each(['below 1/20', 'either/or', 'tulips / roses', '"a": 3 pictures, "b" 2', '5:4', 'and/or'])(
  '%j has none',
  (text) => {
    expect(withoutPaths(text)).toBe(text)
  },
)

describe('a failure', () => {
  test.each([
    ['BAD_INPUT', 'bad-request', 'No picture of "a" can be used.'],
    ['CONFLICT', 'conflict', 'No picture of "a" can be used.'],
    ['ABORTED', 'conflict', 'It was stopped; nothing was changed.'],
    ['BAD_BUNDLE', 'internal', 'The model is damaged; who runs the service can see what is wrong with it.'],
    ['IO', 'internal', 'The service cannot write or read what it needs.'],
  ] as const)('%s is the problem %s', (code, type, message) => {
    expect(failureOf(new NpluskError(code, 'No picture of "a" can be used.'))).toMatchObject({ type, message })
  })

  test('with a path is told in other words, whatever its kind', () => {
    const codes: ErrorCode[] = ['BAD_INPUT', 'USAGE', 'NOT_FOUND', 'CONFLICT', 'IO', 'DOWNLOAD', 'BAD_MODEL', 'QUEUE']
    for (const code of codes) {
      const { message } = failureOf(new NpluskError(code, '/srv/models/extended holds another bundle.'))
      expect(message).not.toContain('srv')
      expect(message).toMatch(/^[A-Z].*\.$/)
    }
    expect(failureOf(new TypeError('/srv/secret is undefined')).message).toBe('The service failed.')
  })

  test('of a disk that is full says so, whoever noticed', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write /srv/m'), { code: 'ENOSPC' })
    for (const error of [full, ioError(full, 'write the bundle /srv/m')]) {
      const message = 'The disk of the service is full; nothing of this was stored.'
      expect(failureOf(error)).toMatchObject({ type: 'no-space', message, cause: error })
      expect(asProblem(error)).toMatchObject({ type: 'no-space', message })
    }
  })

  test('names a remedy in the words of the page, and none of the command line', () => {
    const error = new NpluskError('CONFLICT', 'The bundle already has an increment "x".', {
      remedy: { kind: 'rename-or-remove', increment: 'x' },
    })
    expect(failureOf(error).message).toBe('The bundle already has an increment "x"; give the lesson another name.')
  })
})

test('what only who runs the service can do is not told', () => {
  const remedies: Remedy[] = [
    { kind: 'give-old-images' },
    { kind: 'set-up-cuda' },
    { kind: 'choose-another', option: 'out' },
    { kind: 'pull-model', model: 'x' },
  ]
  for (const remedy of remedies) expect(remedyFor(remedy)).toBeUndefined()
})

test('a warning keeps its code, and is left out where it cannot be told', () => {
  const event = { type: 'warning', code: 'MOSTLY_MISSED', message: 'Old classes keep 60 %.' } as const
  expect(warningFor({ ...event, remedy: { kind: 'raise-prior' } }, same)).toEqual({
    code: 'MOSTLY_MISSED',
    message: 'Old classes keep 60 %.',
    remedy: 'give more pictures of the new classes, and more different ones',
  })
  expect(warningFor({ ...event, message: 'Cannot use /a/b.' }, same)).toBeUndefined()
  expect(warningFor({ ...event, message: 'Cannot use /a/b.' }, (text) => text.replace('/a/b', 'b.png'))).toEqual({
    code: 'MOSTLY_MISSED',
    message: 'Cannot use b.png.',
  })
})
