import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { tinyPlace } from '../training/tiny-extension.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { spawnService } from './spawned-service.js'

const folder = temporaryFolder()

const hasSchemathesis = spawnSync('python3', ['-c', 'import schemathesis']).status === 0

/**
 * What a schema allows need not be answered: it cannot say that a text must be a picture in base64, or that a shape and
 * its data agree.
 */
const excluded = 'positive_data_acceptance'

;(hasSchemathesis ? test : test.skip)(
  `no request that the OpenAPI document gives rise to makes the service fail${hasSchemathesis ? '' : ' (skipped: python3 has no schemathesis)'}`,
  async () => {
    const place = tinyPlace(folder())
    await place.add({
      add: [await place.draw('colours', { red: 5, green: 5 })],
      rehearsal: await place.draw('old', { any: 12 }),
    })
    await using service = await spawnService(['--model', place.path('bundle'), '--device', 'cpu'])
    const call = ['-m', 'schemathesis.cli', 'run', `${service.url}/openapi.json`]
    const options = ['--max-examples', '25', '--seed', '7', '--generation-database', 'none', '--no-color']
    const { stdout } = await promisify(execFile)('python3', [...call, ...options, '--exclude-checks', excluded]).catch(
      (error: { readonly stdout: string }) => error,
    )
    expect(stdout).toContain('No issues found')
    expect(service.stderr()).not.toContain('failed')
  },
  180_000,
)
