import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import ts from 'typescript'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')

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

function example(language: string): string {
  return new RegExp('```' + language + '\n([^]*?)```').exec(readme)![1]!
}

test('the examples name no file that the package lacks', () => {
  for (const language of ['ts', 'js', 'python']) expect(example(language)).not.toContain('fixtures')
})

test('the library example adds the folder and asks about the picture', async () => {
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }
  writeFileSync(join(app, 'library.js'), ts.transpile(example('ts'), options))
  const { stdout } = await run(process.execPath, ['library.js'], { cwd: app })
  expect(stdout).toMatch(/^1005 classes; on pictures held out from training: \{\s*top1: [\d.]+,\s*count: \d+/)
  expect(stdout).toMatch(/photo\.jpg \[\n? *\{[^]*label: 'banana'/)
}, 300_000)

test('the bundle that it wrote runs without nplusk: in Node', async () => {
  writeFileSync(join(app, 'alone.js'), example('js'))
  const { stdout } = await run(process.execPath, ['alone.js'], { cwd: app })
  expect(stdout).toMatch(/^column 954: 0\.\d{3}\n$/)
}, 120_000)

const hasPython = spawnSync('python3', ['-c', 'import numpy, onnxruntime, PIL']).status === 0
const inPython = hasPython ? test : test.skip
inPython(
  'and in Python, where numpy, onnxruntime and Pillow are installed',
  async () => {
    writeFileSync(join(app, 'alone.py'), example('python'))
    const { stdout } = await run('python3', ['alone.py'], { cwd: app })
    expect(stdout).toMatch(/^0\.\d{3} banana\n/)
  },
  120_000,
)
