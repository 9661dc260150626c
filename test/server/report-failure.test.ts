import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { ProgressEvent } from '../../src/core/progress.js'
import { NpluskError } from '../../src/core/errors.js'
import { Problem } from '../../src/server/problems.js'
import { reasonsOf } from '../../src/server/report-failure.js'
import { schoolAt } from './teaching/school.js'
import { problemIn, problemLine, serveTiny, tinyBundle, type TinyBundle } from './tiny-server.js'

let tiny: TinyBundle
beforeAll(async () => {
  tiny = await tinyBundle()
})
afterAll(() => tiny[Symbol.dispose]())

test('a failure is told with all its causes, each once, whatever was thrown', () => {
  const disk = new Error('ENOSPC: no space left on device')
  const write = new NpluskError('IO', 'Cannot write /srv/m: no space left.', { cause: disk })
  expect(reasonsOf(new Problem('internal', 'The service failed.', { cause: write }))).toBe(
    'The service failed: Cannot write /srv/m: no space left: ENOSPC: no space left on device',
  )
  const repeated = new NpluskError('IO', 'Cannot read /a (EACCES).', { cause: new Error('EACCES') })
  expect(reasonsOf(repeated)).toBe('Cannot read /a (EACCES).')
  expect(reasonsOf('a text')).toBe('a text')
  const endless = new Error('round')
  endless.cause = endless
  expect(reasonsOf(endless)).toBe('round')
})

test('who runs the service reads what is damaged; the client of it reads no path', async () => {
  const told: string[] = []
  const onProgress = (event: ProgressEvent) => void (event.type === 'warning' && told.push(event.message))
  await using server = await serveTiny(tiny, { allowAdd: true, token: 'a-token', onProgress })
  const school = schoolAt(server.url, server.close)
  const { body } = await school.send('POST', '/teach/lessons', {})
  const lesson = `/teach/lessons/${body.lesson as string}`
  await school.send('POST', `${lesson}/images?label=new`, tiny.pictures[0])
  // Either of them alone would be made up for, or named, by the other.
  const file = join(tiny.bundle, 'model.onnx')
  for (const name of ['bundle.json', 'model.onnx']) writeFileSync(join(tiny.bundle, name), '{ damaged')

  const answer = await fetch(`${server.url}/teach/history`, { headers: { authorization: 'Bearer a-token' } })
  expect(await problemIn(answer)).toBe(problemLine(500, 'internal'))
  const failed = told.find((message) => message.startsWith('A request failed (GET /teach/history): '))
  expect(failed).toContain(file)

  expect((await school.send('POST', `${lesson}/teach`, {})).status).toBe(202)
  const events = await school.send('GET', `${lesson}/events`)
  expect(events.text).toContain('urn:nplusk:problem:internal')
  expect(events.text).not.toContain(tiny.folder)
  expect(told.find((message) => message.startsWith('Teaching failed: '))).toContain(file)
})
