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

// Each entry point has a page of its own; that of the gradients lies in a folder below the other one.
test.each([
  ['src/index.ts', 'nplusk', 'docs/api'],
  ['src/gradient/index.ts', 'nplusk/gradient', 'docs/api/gradient'],
])(
  'what npm run docs:api makes of the docstrings of %s, called %s, is in %s, and names no type that it lacks',
  async (entry, title, pages) => {
    const typedoc = join(root, 'node_modules', 'typedoc', 'bin', 'typedoc')
    const out = join(made, pages)
    const options = [typedoc, '--entryPoints', entry, '--name', title, '--out', out]
    // Warnings, as of a type that is used and not exported, are errors (typedoc.json).
    await promisify(execFile)(process.execPath, options, { cwd: root })
    const files = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.md'))
    expect(files(join(root, pages))).toEqual(files(out))
    for (const name of files(out)) {
      expect(readFileSync(join(root, pages, name), 'utf8')).toBe(readFileSync(join(out, name), 'utf8'))
    }
  },
)
