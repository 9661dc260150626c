import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { codeOf, root } from './support/documents.js'

const run = promisify(execFile)

/** A project of somebody who installed nplusk: it has pictures of its own and none of this repository. */
let app: string

beforeAll(async () => {
  app = mkdtempSync(join(tmpdir(), 'nplusk-'))
  await mkdir(join(app, 'node_modules'))
  symlinkSync(root, join(app, 'node_modules', 'nplusk'))
  for (const name of ['onnxruntime-node', 'sharp']) {
    symlinkSync(join(root, 'node_modules', name), join(app, 'node_modules', name))
  }
  symlinkSync(join(root, 'fixtures', 'flowers'), join(app, 'flowers'))
  symlinkSync(join(root, 'fixtures', 'objects', 'banana.jpg'), join(app, 'photo.jpg'))
  writeFileSync(join(app, 'package.json'), '{ "type": "module" }')
})

afterAll(() => rmSync(app, { recursive: true }))

const examples = [
  ['README.md', 'ts'],
  ['docs/library.md', 'ts'],
  ['docs/bundle.md', 'js'],
  ['docs/bundle.md', 'python'],
] as const

test.each(examples)('the example in %s in %s names no file that the package lacks', (file, language) => {
  expect(codeOf(file, language)).not.toContain('fixtures')
})

async function runExample(file: string): Promise<string> {
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }
  writeFileSync(join(app, 'example.js'), ts.transpile(codeOf(file, 'ts'), options))
  return (await run(process.execPath, ['example.js'], { cwd: app })).stdout
}

test('the example in the README adds the folder and asks about the picture', async () => {
  const stdout = await runExample('README.md')
  expect(stdout).toMatch(/^1005 classes; on images held out from training: \{\s*top1: [\d.]+,\s*count: \d+/)
  expect(stdout).toMatch(/photo\.jpg \[\n? *\{[^]*label: 'banana'/)
})

test('the bundle that it wrote runs without nplusk: in Node', async () => {
  writeFileSync(join(app, 'alone.js'), codeOf('docs/bundle.md', 'js'))
  const { stdout } = await run(process.execPath, ['alone.js'], { cwd: app })
  expect(stdout).toMatch(/^column 954: 0\.\d{3}\n$/)
})

const hasPython = spawnSync('python3', ['-c', 'import numpy, onnxruntime, PIL']).status === 0
const inPython = hasPython ? test : test.skip
inPython('and in Python, where numpy, onnxruntime and Pillow are installed', async () => {
  writeFileSync(join(app, 'alone.py'), codeOf('docs/bundle.md', 'python'))
  const { stdout } = await run('python3', ['alone.py'], { cwd: app })
  expect(stdout).toMatch(/^0\.\d{3} banana\n/)
})

test('the example of the library page adds and evaluates, and prints a failure in one sentence', async () => {
  rmSync(join(app, 'extended'), { recursive: true })
  const stdout = await runExample('docs/library.md')
  expect(stdout).toMatch(/^1005 classes; on images held out from training: \{\s*top1: [\d.]+,\s*count: \d+/)
  expect(stdout).toMatch(/\non the very images that it was trained on: 1 \[\]\n$/)
  rmSync(join(app, 'flowers'))
  await expect(runExample('docs/library.md')).resolves.toBe('')
})
