import { afterAll, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../', import.meta.url))
const made = mkdtempSync(join(tmpdir(), 'nplusk-api-'))

afterAll(() => rmSync(made, { recursive: true }))

test('docs/api is what npm run docs:api makes of the docstrings, and names no type that it lacks', async () => {
  const typedoc = join(root, 'node_modules', 'typedoc', 'bin', 'typedoc')
  // Warnings, as of a type that is used and not exported, are errors (typedoc.json).
  await promisify(execFile)(process.execPath, [typedoc, '--out', made], { cwd: root })
  expect(readdirSync(join(root, 'docs', 'api'))).toEqual(readdirSync(made))
  for (const name of readdirSync(made)) {
    expect(readFileSync(join(root, 'docs', 'api', name), 'utf8')).toBe(readFileSync(join(made, name), 'utf8'))
  }
})
