import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { extend, mainFile } from './spawn.js'

let cwd: string
let cacheDir: string

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'nplusk-'))
  cacheDir = join(cwd, 'cache')
  await mkdir(join(cwd, 'flowers'))
  await mkdir(join(cwd, 'damaged'))
  await writeFile(join(cwd, 'damaged', 'bundle.json'), '{')
})

afterAll(() => rm(cwd, { recursive: true }))

const run = (...args: string[]) => extend(args, { cwd, env: { NPLUSK_CACHE_DIR: cacheDir } })

describe('help', () => {
  test('in ten lines comes with nothing to do, on the standard output', async () => {
    const { code, stdout, stderr } = await run()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(10)
    for (const line of ['extend --add DIR', 'extend predict IMAGE', 'extend --help']) expect(stdout).toContain(line)
  })

  test('is the same by --help, by help, and in the place of a value', async () => {
    const { code, stdout, stderr } = await run('--help')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(
      /^Usage: extend --add DIR[^]*\nAdding classes:\n[^]*\nAdding classes, for experts:\n[^]*\nExamples:\n/,
    )
    for (const args of [['help'], ['-h'], ['--add', '--help'], ['--add', 'x', '--model', '-h']]) {
      expect(await run(...args)).toEqual({ code: 0, stdout, stderr: '' })
    }
  })

  test('of commands within commands', async () => {
    const { stdout } = await run('models', 'pull', '--help')
    expect(stdout).toMatch(/^Usage: extend models pull /)
    for (const args of [
      ['help', 'models', 'pull'],
      ['models', 'help', 'pull'],
      ['models', 'pull', 'x', '--rehearsal', '--help'],
    ]) {
      expect(await run(...args)).toEqual({ code: 0, stdout, stderr: '' })
    }
    expect((await run('cache', 'help')).stdout).toBe((await run('cache', '--help')).stdout)
  })

  test.each([
    'predict',
    'evaluate',
    'classes',
    'remove',
    'export',
    'models',
    'inspect',
    'features',
    'worker',
    'doctor',
    'setup-cuda',
    'cache',
    'completion',
    'help',
  ])('extend %s --help has examples', async (name) => {
    const { code, stdout, stderr } = await run(name, '--help')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(new RegExp(`^Usage: extend ${name} [^]*\nExamples:\n  [^]*extend ${name}`))
    expect(await run('help', name)).toEqual({ code: 0, stdout, stderr: '' })
  })

  test('fits a terminal of 80 columns', async () => {
    for (const command of [[], ['features'], ['export']]) {
      const lines = (await run(...command, '--help')).stdout.split('\n')
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
    }
  })

  test('loads no package but commander, and a small part of the program', async () => {
    // ES modules pass hooks, which run on a thread of their own and so write to the stream directly; CommonJS leaves a
    // list.
    const hooks = `import { writeSync } from 'node:fs'
      export async function load(url, context, next) { writeSync(2, url + '\\n'); return next(url, context) }`
    const watch = `import { createRequire, register } from 'node:module'
      import { writeSync } from 'node:fs'
      import { pathToFileURL } from 'node:url'
      register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}))
      const { cache } = createRequire(${JSON.stringify(import.meta.url)})
      process.on('exit', () => Object.keys(cache).forEach((file) => writeSync(2, pathToFileURL(file) + '\\n')))`
    const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(watch)}`]
    const { stderr } = await extend(['--help'], { cwd, nodeArgs })
    const loaded = [...new Set(stderr.split('\n').filter((url) => url.startsWith('file:')))]
    const packages = new Set(loaded.flatMap((url) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []))
    expect([...packages]).toEqual(['commander'])
    const program = dirname(mainFile)
    const sizeOf = (files: readonly string[]) => files.reduce((sum, file) => sum + statSync(file).size, 0)
    const own = loaded.map((url) => fileURLToPath(url)).filter((file) => dirname(file) === program)
    expect(own).toContain(mainFile)
    const whole = sizeOf(readdirSync(program).map((name) => join(program, name)))
    expect(sizeOf(own)).toBeLessThan(whole / 4)
  })
})

test('--version prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  expect(await run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
})

describe('wrong usage ends with 2 and a sentence that tells what to do', () => {
  test.each([
    [['--json'], 'Nothing to add: the option --add DIR is missing; see "extend --help".'],
    [['--seed', '1'], 'Nothing to add: the option --add DIR is missing; see "extend --help".'],
    [['--ad', 'x'], 'Unknown option \'--ad\' (did you mean --add?); see "extend --help".'],
    [['predict', 'x', '--tpo', '1'], 'Unknown option \'--tpo\' (did you mean --top?); see "extend predict --help".'],
    [
      ['--add', '--overlp', 'merge'],
      'The option --add needs a folder, and the option --overlp follows it; see "extend --help".',
    ],
    [
      ['--add', '--model', 'x'],
      'The option --add needs a folder, and the option --model follows it; see "extend --help".',
    ],
    [['predict', 'x', '--model'], 'The option --model needs a value: --model <model>; see "extend predict --help".'],
    [['--add='], 'The option --add is empty; give it a folder.'],
    [['--add', ''], 'The option --add is empty; give it a folder.'],
    [['predict', 'x', '--model='], 'The option --model is empty; give it a value.'],
    [['predict', ''], 'An argument is empty; look whether a variable of your shell is unset.'],
    [
      ['help', 'nosuch'],
      'There is no command "nosuch"; to add classes, type "extend --add DIR"; the commands are predict, ',
    ],
    [['help', 'predcit'], 'There is no command "predcit"; the nearest is "extend predict"; see "extend --help".'],
    [
      ['help', 'models', 'pul'],
      'There is no command "pul"; the nearest is "extend models pull"; see "extend models --help".',
    ],
    [
      ['add', 'my photos'],
      `There is no command "add"; to add classes, type "extend --add 'my photos'"; see "extend --help".`,
    ],
    [['train'], 'There is no command "train"; to add classes, type "extend --add DIR"; see "extend --help".'],
    [
      ['info'],
      'There is no command "info"; you may want "extend classes" or "extend inspect MODEL"; see "extend --help".',
    ],
    [['list'], 'There is no command "list"; you may want "extend classes"; see "extend --help".'],
    [['delete', 'poppy'], 'There is no command "delete"; you may want "extend remove poppy"; see "extend --help".'],
    [
      ['classify', 'a.jpg'],
      'There is no command "classify"; you may want "extend predict a.jpg"; see "extend --help".',
    ],
    [['test', 'val/'], 'There is no command "test"; you may want "extend evaluate val/"; see "extend --help".'],
    [
      ['xyzzy'],
      'There is no command "xyzzy"; to add classes, type "extend --add DIR"; the commands are predict, evaluate,',
    ],
    [
      ['photos/'],
      '"photos/" is neither a command nor a file or folder that is there; to add classes, type "extend --add DIR";',
    ],
    [
      ['damaged/bundle.json'],
      'is no command; to ask what it shows, type "extend predict damaged/bundle.json"; see "extend --help".',
    ],
    [['completion', 'tcsh'], "Shell 'tcsh' is invalid: allowed choices are bash, zsh, fish;"],
    [['rollback', 'last'], "Revision 'last' is invalid: it must be a whole number from 1 on;"],
    [['predcit', 'x'], 'There is no command "predcit"; the nearest is "extend predict"; see "extend --help".'],
    [['models', 'pul'], 'There is no command "pul"; the nearest is "extend models pull"; see "extend models --help".'],
    [['flowers'], '"flowers" is no command; to add its classes, type "extend --add flowers"; see "extend --help".'],
    [['--add', 'a', 'flowers'], '"flowers" is no command; write --add before every folder; see "extend --help".'],
    [['--add'], 'The option --add needs a folder: --add <dir>; see "extend --help".'],
    [
      ['inspect', 'x', '--mean', '1,2'],
      "Option '--mean <r,g,b>' argument '1,2' is invalid: it must be one number or three",
    ],
    [['inspect', 'x', '--size', 'big'], "Option '--size <pixels>' argument 'big' is invalid"],
    [['inspect', 'x', '--crop', '2'], "Option '--crop <fraction>' argument '2' is invalid"],
    [['predict'], 'Missing required argument \'image\'; see "extend predict --help".'],
    [['doctor', 'x'], "Too many arguments for 'doctor'"],
    [
      ['--add', 'x', '--device', 'tpu'],
      "Option '--device <device>' argument 'tpu' is invalid: allowed choices are auto, cpu, cuda;",
    ],
    [['--add', 'x', '--overlap', 'mix'], "argument 'mix' is invalid: allowed choices are separate, merge, error;"],
    [['--add', 'x', '--max-old-drop', '1'], "argument '1' is invalid: it must be a fraction below 1, such as 0.02;"],
    [['--add', 'x', '--seed', '-1'], "argument '-1' is invalid: it must be a whole number from 0 to 4294967295;"],
    [['predict', 'x', '--top', '0'], "argument '0' is invalid: it must be a whole number from 1 to 1000000;"],
    [['features'], 'Give either a folder of images or --merge with parts; see "extend features --help".'],
    [['features', 'x', '--merge', 'y'], 'Give either a folder of images or --merge with parts;'],
    [['features', '--merge', 'y', '--out', 'z'], '--merge does not go with --out; see "extend features --help".'],
    [['features', 'x', '--shard', '0/2'], "argument '0/2' is invalid: it must be a part and their number, such as 1/4"],
    [['features', 'x', '--shard', '3/2'], "argument '3/2' is invalid: it must be a part and their number, such as 1/4"],
    [['worker'], 'Required option \'--queue <address>\' not specified; see "extend worker --help".'],
    [['worker', '--queue', 'host:6379', '--device', 'cpu'], '"host:6379" is no address of a Redis server;'],
    [
      ['--add', 'x', 'classes'],
      'Adding is a command of its own; type what comes behind it by itself; see "extend --help".',
    ],
    [['--model', 'm', 'classes'], "The option --model stands before a command; write it behind the command's name;"],
    [['diff', '0', '1'], '0 is no revision, as they are counted from 1 on; see "extend diff --help".'],
    [['json'], 'json'],
    [['diff', 'a', 'b', '--model', 'c'], '--model is for numbers of revisions, and neither a nor b is one;'],
    [['--cache-dir=', 'cache'], 'The option --cache-dir is empty; give it a folder.'],
  ])('extend %j', async (args, message) => {
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^extend: .*\.\n$/)
    expect(stderr).toContain(message)
  })
})

describe('failures end with 1 and a sentence that tells what to do', () => {
  test.each([['predict', 'x.jpg'], ['evaluate', 'flowers'], ['classes'], ['remove', 'x']])(
    'extend %s without a bundle',
    async (...args) => {
      const { code, stdout, stderr } = await run(...args)
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(
        /^extend: There is no bundle in \.\/extended; make one with "extend --add DIR", or name one with --model BUNDLE.*\.\n$/,
      )
      const worksOnBase = args[0] === 'predict' || args[0] === 'evaluate'
      expect(stderr.includes('--model inception-v3')).toBe(worksOnBase)
    },
  )

  test('extend verify without a bundle', async () => {
    const { code, stderr } = await run('verify')
    expect(code).toBe(1)
    expect(stderr).toMatch(/, or name one by "extend verify BUNDLE"\.\n$/)
  })

  test.each([
    [['--add', 'nowhere'], /^extend: There is no folder "nowhere"; check the path\.\n$/],
    [['--add', 'flowers'], /^extend: No picture in "flowers"; .*\.\n$/],
    [
      ['classes', '--model', 'nosuch'],
      /^extend: There is no bundle, no ONNX file and no known model "nosuch"; check the path \("extend models" lists the known ones\)\.\n$/,
    ],
    [
      ['predict', 'x', '--model', 'inception-3'],
      /^extend: .* no known model "inception-3"; the nearest of these is inception-v3 .*\.\n$/,
    ],
    [['inspect', 'nosuch.onnx'], /^extend: There is no file nosuch\.onnx; check the path\.\n$/],
    [['inspect', 'flowers'], /^extend: flowers is a folder without a bundle and without an ONNX file; .*\.\n$/],
    [
      ['models', 'pull', 'inception-v3', '--cache-dir', 'damaged/bundle.json/cache'],
      /^extend: Cannot write to the cache folder damaged\/bundle\.json\/cache: a part of the path is a file, not a folder; check the path, or name another cache folder with --cache-dir\.\n$/,
    ],
    [['classes', '--model', 'damaged'], /^extend: damaged\/bundle\.json is damaged: .*\.\n$/],
    [
      ['models', 'pull', 'inception'],
      /^extend: There is no known model "inception"; known, the nearest first: inception-v3, .*\.\n$/,
    ],
  ])('extend %j', async (args, message) => {
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(message)
  })

  test('--verbose adds the stack, --json keeps the error a text', async () => {
    const verbose = await run('classes', '--verbose')
    expect(verbose.stderr).toMatch(/^extend: There is no bundle .*\nNpluskError: .*\n\s+at /)
    const json = await run('--json', 'classes')
    expect(json).toEqual({ code: 1, stdout: '', stderr: (await run('classes')).stderr })
  })
})

test('--fine-tune has a depth of its own without a value', async () => {
  const tune = async (...more: string[]) => (await run('--add', 'flowers', ...more)).stderr
  expect(await tune('--fine-tune')).toMatch(/^extend: Fine-tuning needs photographs of old classes[^]*--rehearsal DIR/)
  const old = ['--rehearsal', 'flowers']
  for (const depth of [[], ['auto'], ['4']]) {
    expect(await tune('--fine-tune', ...depth, ...old)).toMatch(/^extend: No picture in "flowers"/)
  }
  expect(await tune('--fine-tune', '0', ...old)).toContain('must be auto or a whole number from 1 to 1000')
  expect(await tune('--minutes', '5')).toContain('which is not asked for')
  expect(await tune('--resume')).toContain('resume goes on with fine-tuning, which is not asked for')
  expect(await tune('--fine-tune', '--resume', ...old)).toMatch(/^extend: No picture in "flowers"/)
})

test('a bundle in ./extended is never replaced by a fresh one unasked', async () => {
  const folder = join(cwd, 'work')
  await mkdir(join(folder, 'extended'), { recursive: true })
  await writeFile(join(folder, 'extended', 'bundle.json'), '{}')
  const { code, stderr } = await extend(['--add', '../flowers', '--model', 'inception-v3'], { cwd: folder })
  expect(code).toBe(2)
  expect(stderr).toBe(
    'extend: There is a bundle in ./extended already; add to it with --model ./extended, or say with --out where the new one goes.\n',
  )
})

describe('commands that need no model', () => {
  test('models', async () => {
    const { code, stdout, stderr } = await run('models', '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n')).toHaveLength(2)
    const { models } = JSON.parse(stdout) as { models: object[] }
    expect(models).toContainEqual(
      expect.objectContaining({ name: 'inception-v3', classes: 1000, cached: false, file: null }),
    )
    expect((await run('models')).stdout).toMatch(/inception-v3 +1000 +299x299 +77\.5% +24\.7 MB +Apache-2\.0 +no/)
  })

  test('doctor', async () => {
    const { code, stdout, stderr } = await run('doctor', '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { versions, providers, cache } = JSON.parse(stdout) as {
      versions: object
      providers: { name: string; available: boolean; reason?: string }[]
      cache: object
    }
    expect(versions).toMatchObject({
      node: process.versions.node,
      nplusk: expect.any(String),
      'onnxruntime-node': expect.any(String),
    })
    expect(providers[0]).toEqual({ name: 'cpu', available: true })
    expect(providers[1]!.available || providers[1]!.reason).toBeTruthy()
    expect(cache).toEqual({ folder: cacheDir, bytes: 0 })
  })

  test("cache and cache clear touch the cache's own files alone", async () => {
    const dir = join(cwd, 'mine')
    await mkdir(join(dir, 'models'), { recursive: true })
    await writeFile(join(dir, 'models', 'inception-v3.tflite-onnx-0.onnx'), Buffer.alloc(1500))
    await writeFile(join(dir, 'models', 'thesis.onnx'), 'precious')
    const shown = await run('cache', '--json', '--cache-dir', dir)
    expect(JSON.parse(shown.stdout)).toEqual({
      folder: dir,
      bytes: 1500,
      models: 1500,
      bottlenecks: 0,
      branches: 0,
      cuda: 0,
    })
    expect(await run('cache', 'clear', '--cache-dir', dir)).toEqual({ code: 0, stdout: 'Freed 1.5 kB.\n', stderr: '' })
    expect(readFileSync(join(dir, 'models', 'thesis.onnx'), 'utf8')).toBe('precious')
    expect(JSON.parse((await run('--json', '--cache-dir', dir, 'cache')).stdout)).toMatchObject({ bytes: 0 })
  })
})
