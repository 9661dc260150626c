import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { extend } from '../cli/spawn.js'
import { documentText, root } from '../support/documents.js'

const demo = fileURLToPath(new URL('../../scripts/demo.js', import.meta.url))

/** A clone, as far as the demo looks at it. */
let cwd: string
/** Where a demo puts its bundle that must not go into the clone. */
let temporary: string

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'nplusk-'))
  temporary = await mkdtemp(join(tmpdir(), 'nplusk-'))
  await symlink(join(root, 'fixtures'), join(cwd, 'fixtures'))
})

afterAll(() => Promise.all([cwd, temporary].map((folder) => rm(folder, { recursive: true }))))

const runDemo = async () => {
  const env = { ...process.env, NO_COLOR: '1', TMPDIR: temporary }
  return (await promisify(execFile)(process.execPath, [demo], { cwd, env })).stdout
}

test('npm run demo leaves its bundle where the quick start of the README looks for it', async () => {
  const output = await runDemo()
  expect(output).toContain('Added flowers: 5 classes from 60 images')
  expect(output).toMatch(/^Bundle {2}\.\/extended /m)
  expect(output).toContain('The bundle is in ./extended;')
  for (const { args, shown } of quickStart(documentText('README.md'))) {
    const { code, stdout } = await extend(args, { cwd })
    expect({ args, code, stdout }).toEqual({ args, code: 0, stdout: expect.stringMatching(/poppy/) })
    expect(outline(stdout)).toContain(outline(shown))
  }
})

test('an ./extended that is there stays as it is, and every folder that the demo names is there afterwards', async () => {
  const manifest = join(cwd, 'extended', 'bundle.json')
  const before = await readFile(manifest)
  const output = await runDemo()
  expect(await readFile(manifest)).toEqual(before)
  const [, bundle] = /^Try .* --model (\S+)$/m.exec(output)!
  expect(existsSync(join(bundle!, 'model.onnx'))).toBe(true)
  expect(output).toContain(`The bundle is in ${bundle};`)
})

/**
 * The commands of the README's quick start that need nothing but the demo's bundle, and what it shows of their output.
 */
function quickStart(readme: string): { args: string[]; shown: string }[] {
  const [, section] = /\n## Quick start\n([^]*?)\n## /.exec(readme)!
  const commands = [...section!.matchAll(/^\$ extend (.*)\n((?:(?!\$ |```| *…).*\n)*)/gm)].map(([, line, shown]) => ({
    args: line!.split(' '),
    shown: shown!,
  }))
  const read = commands.filter(({ args: [first] }) => first === 'predict' || first === 'evaluate')
  expect(read.length).toBeGreaterThan(1)
  return read
}

/**
 * An output without its figures, and of the answers for an image the best one alone: all that is the same on every
 * processor.
 */
function outline(output: string): string {
  const lines = output.split('\n')
  const isImage = (line: string | undefined) => line?.endsWith('.jpg') ?? false
  const isAnswer = (line: string) => /^ +[<>]?[\d.]+% {2}/.test(line)
  return lines
    .filter((line, i) => !isAnswer(line) || isImage(lines[i - 1]))
    .map((line) => line.replace(/[<>]?[\d.]+%/g, '%').replace(/ +/g, ' '))
    .join('\n')
}
