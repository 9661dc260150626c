import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { publint } from 'publint'
import { input, tinyPlace } from './training/tiny-extension.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))

interface PackageJson {
  readonly version: string
  readonly bin: Readonly<Record<string, string>>
  readonly exports: Record<'.' | './gradient', Record<'import' | 'require', Readonly<Record<string, string>>>>
  readonly dependencies: Readonly<Record<string, string>>
}

let packageJson: PackageJson
/** A project that has nplusk installed as it would be published, with its declared dependencies and no others. */
let app: string
let shipped: string[]
let tarball: string

beforeAll(async () => {
  packageJson = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as PackageJson
  app = await mkdtemp(join(tmpdir(), 'nplusk-package-'))
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', app], { cwd: root })
  const [packed] = Object.values(JSON.parse(stdout) as { filename: string; files: { path: string }[] }[])
  shipped = packed!.files.map(({ path }) => path)
  tarball = join(app, packed!.filename)

  const installed = join(app, 'node_modules', 'nplusk')
  await mkdir(installed, { recursive: true })
  await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'])
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
      'assets/page/index.html',
    ]
    expect(shipped).toEqual(expect.arrayContaining(expected))
    const isProgram = (path: string) =>
      /^dist\/src\/(.+\.(js|d\.ts)|(gradient\/)?index\.(cjs|d\.cts)|program\/package\.json)$/.test(path)
    const others = shipped.filter((path) => !isProgram(path) && !path.startsWith('assets/'))
    expect(others.sort()).toEqual(documents)
  })

  test('holds every file that package.json points to', () => {
    const { bin, exports } = packageJson
    const entries = [exports['.'], exports['./gradient']]
      .flatMap((conditions) => Object.values(conditions))
      .flatMap((entry) => Object.values(entry))
    const pointedTo = [...Object.values(bin), ...entries].map((path) => path.replace(/^\.\//, ''))
    expect(pointedTo).toHaveLength(9)
    expect(shipped).toEqual(expect.arrayContaining(pointedTo))
  })

  test('gives publint nothing to say', async () => {
    const { messages } = await publint({ pkgDir: join(app, 'node_modules', 'nplusk'), pack: false, strict: true })
    expect(messages).toEqual([])
  })

  test('has types that agree with the code, however it is imported', async () => {
    const checked = await checkPackage(createPackageFromTarballData(new Uint8Array(await readFile(tarball))))
    expect(checked).toMatchObject({ types: { kind: 'included' } })
    const { problems } = checked as { problems: { kind: string; entrypoint?: string; resolutionKind?: string }[] }
    // TypeScript's resolution for Node 10 knows no second entry point.
    const isOld = ({ entrypoint, resolutionKind }: (typeof problems)[number]) =>
      entrypoint === './gradient' && resolutionKind === 'node10'
    expect(problems.filter((problem) => !isOld(problem))).toEqual([])
  })
})

test.each([
  ['imports', 'names.js', "import * as api from 'nplusk'"],
  ['requires', 'names.cjs', "const api = require('nplusk')"],
])('a program %s the public API by the name of the package, in silence', async (_, name, line) => {
  await writeFile(join(app, name), `${line}\nconsole.log(Object.keys(api).join(' '))\n`)
  const { stdout, stderr } = await node(name)
  expect(stderr).toBe('')
  expect(stdout.trim().split(' ').sort()).toEqual(
    [
      'NpluskError',
      'advise',
      'cacheInfo',
      'clearCache',
      'diagnose',
      'diffBundles',
      'evaluate',
      'exportModel',
      'exportFormats',
      'extendModel',
      'extractFeatures',
      'history',
      'inspectModel',
      'learningCurve',
      'listLabels',
      'listModels',
      'loadClassifier',
      'mergeFeatures',
      'pullModel',
      'readThresholds',
      'removeClasses',
      'renameClass',
      'rollback',
      'setUpCuda',
      'suggest',
      'verifyBundle',
      'writeAnswers',
      'writeRecords',
      'runWorker',
      'serve',
    ].sort(),
  )
})

test.each([
  ['imports', 'gradient.js', "import * as api from 'nplusk/gradient'"],
  ['requires', 'gradient.cjs', "const api = require('nplusk/gradient')"],
])('a program %s the gradients', async (_, name, line) => {
  await writeFile(join(app, name), `${line}\nconsole.log(Object.keys(api).sort().join(' '))\n`)
  expect(await node(name)).toEqual({ stdout: 'gradientModel gradientName openTrainer withCrossEntropy\n', stderr: '' })
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

test('what is imported and what is required is one library', async () => {
  const lines = [
    "const { NpluskError } = require('nplusk')",
    "import('nplusk').then((api) => console.log(api.NpluskError === NpluskError))",
  ]
  await writeFile(join(app, 'both.cjs'), lines.join('\n'))
  expect(await node('both.cjs')).toEqual({ stdout: 'true\n', stderr: '' })
})

test("examples and a program in CommonJS compile against the package's declarations, and a mistake is found", async () => {
  const [readme, reference] = await Promise.all(
    ['README.md', 'docs/api/README.md'].map((file) => readFile(join(root, file), 'utf8')),
  )
  const examples = [readme!, reference!].flatMap((text) =>
    [...text.matchAll(/```ts\n([^]*?)```/g)].map(([, code]) => code!),
  )
  expect(examples.length).toBeGreaterThan(2)
  const inCommonJs = `import { extendModel, type ExtendResult } from 'nplusk'
export const result: Promise<ExtendResult> = extendModel({ model: 'inception-v3', add: ['flowers'], out: 'extended' })
`
  const programs: Readonly<Record<string, string>> = {
    ...Object.fromEntries(examples.map((code, i) => [`example-${i + 1}.ts`, code])),
    'example.cts': inCommonJs,
    'mistake.cts': inCommonJs.replace("'flowers'", '7'),
  }
  for (const [name, code] of Object.entries(programs)) await writeFile(join(app, name), code)
  await link('@types/node')
  const options = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node', '--noEmit']
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  // Errors go to the standard output.
  const outcome = node(tsc, ...options, ...Object.keys(programs)).catch((error: { stdout: string }) => error)
  expect((await outcome).stdout).toMatch(/^mistake\.cts\(2,\d+\): error TS2322: .*\n$/)
})

describe('a program that esbuild has bundled, packages left outside,', () => {
  test.each([
    ['esm', 'mjs'],
    ['cjs', 'cjs'],
  ] as const)('extends a model and answers, as %s', async (format, ending) => {
    await mkdir(join(app, format))
    const place = tinyPlace(join(app, format))
    const options = {
      model: place.model,
      input,
      add: [await place.draw('flowers', { rose: 6, tulip: 6 })],
      out: place.path('bundle'),
    }
    const picture = place.path('flowers', 'rose', '0.png')
    const program = `import { extendModel, loadClassifier } from 'nplusk'
async function main() {
  const common = { device: 'cpu', cacheDir: ${JSON.stringify(place.cacheDir)} }
  const { classes } = await extendModel({ ...common, ...${JSON.stringify(options)} })
  const classifier = await loadClassifier({ ...common, model: ${JSON.stringify(options.out)} })
  for await (const { predictions } of classifier.classify([${JSON.stringify(picture)}], { top: 3 })) {
    console.log(classes.added, classifier.labels.length, predictions.length)
  }
  await classifier.close()
}
void main()
`
    await writeFile(place.path('program.ts'), program)
    const outfile = join(app, `bundled.${ending}`)
    await build({
      entryPoints: [place.path('program.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      packages: 'external',
      format,
    })
    const { stdout } = await node(outfile)
    expect(stdout).toBe('2 12 3\n')
  })
})
