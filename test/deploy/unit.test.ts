import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { temporaryFolder } from '../support/temporary-folder.js'
import { inUnit, unit } from './examples.js'

const folder = temporaryFolder()

describe('the unit', () => {
  const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0

  test('is let write into the folders that it names', () => {
    expect(unit).toContain('StateDirectory=nplusk')
    expect(inUnit.at(-1)).toMatch(/^\/var\/lib\/nplusk\//)
    expect(unit).toMatch(/NPLUSK_CACHE_DIR=\/var\/cache\/nplusk$/m)
    expect(unit).toContain('CacheDirectory=nplusk')
  })

  ;(hasSystemd ? test : test.skip)(
    `is one that systemd takes${hasSystemd ? '' : ' (skipped: systemd-analyze is not here)'}`,
    () => {
      const file = join(folder(), 'nplusk.service')
      // What it starts must be there.
      writeFileSync(file, unit.replace(inUnit[0]!, process.execPath))
      const { status, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' })
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      const security = spawnSync('systemd-analyze', ['security', '--offline=true', '--threshold=20', file])
      expect(security.status).toBe(0)
    },
  )
})
