import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { tinyPlace } from '../training/tiny-extension.js'
import { spawnService, type SpawnedService } from './spawned-service.js'

// Requests that schemathesis makes of the OpenAPI document: what it allows, what it forbids, and calls after calls.

const hasSchemathesis = spawnSync('python3', ['-c', 'import schemathesis']).status === 0
const skipped = hasSchemathesis ? '' : ' (skipped: python3 has no schemathesis)'

const token = 'of-the-test'
const folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
let service: SpawnedService

beforeAll(async () => {
  if (!hasSchemathesis) return
  const place = tinyPlace(folder)
  await place.add({
    add: [await place.draw('colours', { red: 5, green: 5 })],
    rehearsal: await place.draw('old', { any: 12 }),
  })
  service = await spawnService(['--model', place.path('bundle'), '--device', 'cpu', '--allow-add'], {
    NPLUSK_CACHE_DIR: place.cacheDir,
    NPLUSK_TOKEN: token,
  })
})

afterAll(async () => {
  if (hasSchemathesis) await service[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

/** Runs schemathesis, and returns what it prints. */
async function fuzz(...options: readonly string[]): Promise<string> {
  const call = ['-m', 'schemathesis.cli', 'run', `${service.url}/openapi.json`, '-H', `Authorization: Bearer ${token}`]
  const fixed = [
    '--max-examples',
    '15',
    '--seed',
    '7',
    '--generation-database',
    'none',
    '--warnings',
    'off',
    '--request-timeout',
    '60',
  ]
  // It leaves files where it runs.
  const { stdout } = await promisify(execFile)('python3', [...call, ...fixed, '--no-color', ...options], {
    cwd: folder,
  }).catch((error: { readonly stdout: string }) => error)
  return stdout
}

;(hasSchemathesis ? describe : describe.skip)('each request that the OpenAPI document gives rise to', () => {
  // A schema cannot say that a text must be a picture in base64, or that a shape and its data agree; so not all that it
  // allows is answered.
  const unlessAllowed = 'positive_data_acceptance'

  test(`is answered as the document says${skipped}`, async () => {
    const printed = await fuzz('--exclude-path-regex', '^/teach', '--exclude-checks', unlessAllowed)
    expect(printed).toContain('No issues found')
  })

  test(`is so while one teaches${skipped}`, async () => {
    // Events of a lesson have no end; and where all in a body may be left out, so may the body.
    const paths = ['--include-path-regex', '^/teach(?!.*/events$)', '--phases', 'examples,coverage,fuzzing']
    const printed = await fuzz(...paths, '--exclude-checks', `${unlessAllowed},negative_data_rejection`)
    expect(printed).toContain('No issues found')
    expect(service.stderr()).not.toMatch(/failed/)
  })
})
