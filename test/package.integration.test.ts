import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))

interface PackageJson {
  readonly version: string
  readonly bin: Readonly<Record<string, string>>
  readonly exports: { readonly '.': { readonly types: string; readonly default: string } }
  readonly dependencies: Readonly<Record<string, string>>
}

let packageJson: PackageJson
/** A project that has nplusk installed as it would be published, with its declared dependencies and no others. */
let app: string
let shipped: string[]

beforeAll(async () => {
  packageJson = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as PackageJson
  app = await mkdtemp(join(tmpdir(), 'nplusk-package-'))
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', app], { cwd: root })
  const [packed] = Object.values(JSON.parse(stdout) as { filename: string; files: { path: string }[] }[])
  shipped = packed!.files.map(({ path }) => path)

  const installed = join(app, 'node_modules', 'nplusk')
  await mkdir(installed, { recursive: true })
  await run('tar', ['-xzf', join(app, packed!.filename), '-C', installed, '--strip-components=1'])
  for (const name of Object.keys(packageJson.dependencies)) await link(name)
  await writeFile(join(app, 'package.json'), '{ "type": "module" }')
})

afterAll(() => rm(app, { recursive: true, force: true }))

async function link(name: string): Promise<void> {
  const place = join(app, 'node_modules', name)
  await mkdir(dirname(place), { recursive: true })
  await symlink(join(root, 'node_modules', name), place)
}

const node = (...args: string[]) => run(process.execPath, args, { cwd: app })

describe('what ships', () => {
  test('is the compiled program, its assets and its documents, and nothing else', () => {
    const documents = ['CHANGELOG.md', 'LICENSE', 'NOTICE', 'README.md', 'package.json']
    const expected = [
      ...documents,
      'assets/README.md',
      'assets/drawings/banana.jpg',
      'assets/imagenet-classes.tsv',
      'assets/rehearsal/inception-v3.safetensors',
      'assets/web/index.html',
    ]
    expect(shipped).toEqual(expect.arrayContaining(expected))
    const isProgram = (path: string) =>
      /^dist\/src\/.+\.(js|d\.ts)$/.test(path) || path === 'dist/src/program/package.json'
    const others = shipped.filter((path) => !isProgram(path) && !path.startsWith('assets/'))
    expect(others.sort()).toEqual(documents)
  })

  test('holds every file that package.json points to', () => {
    const { bin, exports } = packageJson
    const pointedTo = [...Object.values(bin), ...Object.values(exports['.'])].map((path) => path.replace(/^\.\//, ''))
    expect(shipped).toEqual(expect.arrayContaining(pointedTo))
  })
})

test('a program imports the public API by the name of the package, in silence', async () => {
  await writeFile(join(app, 'names.js'), `import * as api from 'nplusk'\nconsole.log(Object.keys(api).join(' '))\n`)
  const { stdout, stderr } = await node('names.js')
  expect(stderr).toBe('')
  expect(stdout.trim().split(' ').sort()).toEqual(
    [
      'NpluskError',
      'cacheInfo',
      'clearCache',
      'diagnose',
      'evaluate',
      'exportModel',
      'extendModel',
      'extractFeatures',
      'inspectModel',
      'listLabels',
      'listModels',
      'loadClassifier',
      'mergeFeatures',
      'pullModel',
      'removeClasses',
      'setUpCuda',
      'runWorker',
    ].sort(),
  )
})

test('the command runs from where it is installed', async () => {
  const main = join('node_modules', 'nplusk', packageJson.bin['extend']!)
  expect(await readFile(join(app, main), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  expect(await node(main, '--version')).toEqual({ stdout: `${packageJson.version}\n`, stderr: '' })
})

test('without the optional packages of queues, the error says what to install', async () => {
  const main = join('node_modules', 'nplusk', packageJson.bin['extend']!)
  const outcome = node(main, 'worker', '--queue', 'redis://127.0.0.1:1', '--device', 'cpu')
  await expect(outcome).rejects.toMatchObject({
    code: 1,
    stderr:
      'extend: Queues need two packages that are not installed; install them with "npm install bullmq ioredis".\n',
  })
})

test("the TypeScript example in the README compiles against the package's declarations", async () => {
  const readme = await readFile(join(app, 'node_modules', 'nplusk', 'README.md'), 'utf8')
  const [, example] = /```ts\n([^]*?)```/.exec(readme)!
  await writeFile(join(app, 'example.ts'), example!)
  await link('@types/node')
  const options = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node', '--noEmit']
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  // Errors go to the standard output.
  const { stdout } = await node(tsc, ...options, 'example.ts').catch((error: { stdout: string }) => error)
  expect(stdout).toBe('')
})
