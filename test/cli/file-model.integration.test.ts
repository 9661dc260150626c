import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdirSync, cpSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { ExtendResult } from '../../src/workflow/extend.js'
import { encodeModel } from '../../src/onnx/model.js'
import { serveHub } from '../fetch/hub-server.js'
import { sendFile, serve, type FileServer } from '../fetch/file-server.js'
import { mobilenetV2 } from '../support/tiny-models/convolutional.js'
import { extend } from './spawn.js'

const fixtures = resolve('fixtures')
const poppy = join(fixtures, 'flowers', 'poppy', '01.jpg')
const objects = join(fixtures, 'objects')
const config = new TextEncoder().encode(
  '{"do_resize":true,"size":{"height":32,"width":32},"do_normalize":true,"image_mean":[0.5,0.5,0.5],"image_std":[0.5,0.5,0.5]}',
)
// As the model comes, without a description: how it is scaled has to be tried, in a session before any other.
const onnx = encodeModel(mobilenetV2().model)
const scaling = ['--mean', '0.5', '--std', '0.5', '--channels', 'RGB']

let cwd: string
let hub: FileServer
let web: FileServer
const run = (args: readonly string[]) =>
  extend(args, { cwd, env: { NPLUSK_CACHE_DIR: join(cwd, 'cache'), HF_ENDPOINT: hub.url, HF_TOKEN: 'hf_secret' } })

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'nplusk-'))
  await writeFile(join(cwd, 'net.onnx'), onnx)
  for (const label of ['poppy', 'orchid']) {
    mkdirSync(join(cwd, 'flowers', label), { recursive: true })
    for (const image of ['01.jpg', '02.jpg', '03.jpg', '04.jpg', '05.jpg', '06.jpg']) {
      cpSync(join(fixtures, 'flowers', label, image), join(cwd, 'flowers', label, image))
    }
  }
  const repository = { name: 'ada/net', commit: 'a'.repeat(40), token: 'hf_secret' }
  hub = await serveHub(() => ({
    ...repository,
    files: { 'preprocessor_config.json': config, 'onnx/model.onnx': onnx },
  }))
  web = await serve((request, response) =>
    request.url === '/net.onnx' ? sendFile(request, response, onnx) : response.writeHead(404).end(),
  )
})

afterAll(async () => {
  await hub.close()
  await web.close()
  await rm(cwd, { recursive: true })
})

test('the runtime writes nothing of its own to the standard error stream, whichever session is the first', async () => {
  const args = ['--add', 'flowers', '--model', 'net.onnx', '--rehearsal', 'none', '--out', 'silent', '--json']
  const { code, stdout, stderr } = await run(args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^([A-Z][a-z ]+\n)+$/) })
  expect(JSON.parse(stdout)).toMatchObject({ classes: { added: 2 } })
})

test('what was taken for the input is printed, in text and JSON, and the same in the next run; --labels names the old classes', async () => {
  const names = Array.from({ length: 10 }, (_, i) => `thing ${i}`)
  await writeFile(join(cwd, 'names.json'), JSON.stringify(Object.fromEntries(names.entries())))
  const args = [
    '--add',
    'flowers',
    '--model',
    'net.onnx',
    '--rehearsal',
    'none',
    '--labels',
    'names.json',
    '--out',
    'named',
  ]
  interface Added {
    readonly preprocess: { readonly evidence: string; readonly sure: boolean }
    readonly warnings: readonly string[]
  }
  const added = JSON.parse((await run([...args, '--json'])).stdout) as Added
  expect(added.preprocess).toMatchObject({
    width: 32,
    height: 32,
    resize: 'squash',
    cropFraction: 1,
    interpolation: 'bilinear',
    values: {
      channels: expect.any(String),
      scale: expect.any(Number),
      mean: expect.any(Array),
      std: expect.any(Array),
    },
    source: 'trial',
    sizeSource: 'usual',
    sure: false,
    evidence: expect.stringMatching(/^tried \d+ usual ways on 14 drawings that come with nplusk/),
  })
  expect(added.warnings).toContainEqual(expect.stringMatching(/^net\.onnx is taken to want .*it is not sure/))
  const again = await run([...args.slice(0, -1), 'again'])
  expect(again.stdout).toContain(`a guess: ${added.preprocess.evidence}\n`)
  expect(again.stdout).toMatch(/^ {2}pictures {2}to 32x32, whatever the shape, bilinear; (RGB|BGR) in 0\.\.(1|255)/m)

  const grown = JSON.parse((await run(['classes', '--model', 'named', '--json'])).stdout) as {
    labels: { label: string }[]
  }
  expect(grown.labels.slice(0, 10).map(({ label }) => label)).toEqual(names)
  const predicted = await run(['predict', poppy, '--model', 'net.onnx', '--labels', 'names.json', '--json'])
  expect(predicted.stdout).toMatch(/"label":"thing \d"/)
  for (const command of [
    ['predict', poppy],
    ['evaluate', 'flowers'],
    ['--add', 'flowers'],
  ]) {
    const refused = await run([...command, '--model', 'named', '--labels', 'names.json'])
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/what its classes are called, is known/) })
  }
  await writeFile(join(cwd, 'few.txt'), 'a\nb\n')
  const few = await run(['inspect', 'net.onnx', '--labels', 'few.txt'])
  expect(few).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      'few.txt holds 2 class names, and the model has 10 outputs; give one name for each.',
    ),
  })
})

test('a rehearsal pack is made once, and --add finds it as what is built in', async () => {
  const pulled = await run(['models', 'pull', 'net.onnx', '--rehearsal', objects, ...scaling, '--json'])
  expect(pulled).toMatchObject({ code: 0, stderr: expect.stringMatching(/^([A-Z][a-z ]+\n)+$/) })
  const images = (await readdir(objects)).length
  const packs = await readdir(join(cwd, 'cache', 'rehearsal'))
  expect(JSON.parse(pulled.stdout)).toEqual({
    name: 'net.onnx',
    file: 'net.onnx',
    rehearsal: { file: join(cwd, 'cache', 'rehearsal', packs[0]!), images, bytes: expect.any(Number) },
  })
  const added = await run(['--add', 'flowers', '--model', 'net.onnx', ...scaling, '--out', 'rehearsed', '--json'])
  expect(JSON.parse(added.stdout)).toMatchObject({ heldOut: { old: { count: images } } })
  const manifest = JSON.parse(await readFile(join(cwd, 'rehearsed', 'bundle.json'), 'utf8')) as object
  expect(manifest).toMatchObject({ rehearsal: { source: 'builtin', images } })

  // A backbone prepared in another way is another backbone.
  const other = ['--mean', '0', '--std', '1', '--channels', 'RGB']
  const unfit = await run(['--add', 'flowers', '--model', 'net.onnx', ...other, '--out', 'other', '--json'])
  expect((JSON.parse(unfit.stdout) as { warnings: string[] }).warnings).toContainEqual(
    expect.stringMatching(/a rehearsal pack for net\.onnx, but .* prepared in another way/),
  )
  const refused = await run(['--add', 'flowers', '--model', 'net.onnx', ...other, '--rehearsal', 'builtin'])
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/no built-in rehearsal pack for net\.onnx/) })
})

test('hf:owner/name and an address are models for predict, classes, inspect and pull', async () => {
  const predicted = await run(['predict', poppy, '--model', 'hf:ada/net', '--json'])
  expect(predicted).toMatchObject({ code: 0, stderr: 'Loading the model\nDownloading\n' })
  expect(JSON.parse(predicted.stdout)).toMatchObject({ file: poppy, predictions: expect.any(Array) })
  const cache = join(cwd, 'cache of classes')
  const listed = await run(['classes', '--model', 'hf:ada/net', '--json', '--cache-dir', cache])
  expect((JSON.parse(listed.stdout) as { labels: unknown[] }).labels).toHaveLength(10)
  expect(listed.stderr).toContain('Downloading\n')
  const inspected = JSON.parse((await run(['inspect', 'hf:ada/net', '--json'])).stdout) as object
  expect(inspected).toMatchObject({ preprocess: { source: 'preprocessor_config.json' } })

  const address = `${web.url}/net.onnx`
  expect(JSON.parse((await run(['inspect', address, '--json'])).stdout)).toMatchObject({ head: { kind: 'Gemm' } })
  expect(await run(['models', 'pull', address])).toMatchObject({ code: 0, stdout: expect.stringContaining('net.onnx') })
  expect(web.requests).toHaveLength(1)
  const lost = await run(['models', 'pull', `${web.url}/lost.onnx`])
  expect(lost).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^extend: Cannot download .*lost\.onnx: .* 404/m),
  })

  const known = await run(['predict', poppy, '--model', 'resnet-50'])
  expect(known).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/onnxmodelzoo\/resnet50-v1-12\/resolve\/[^ ]+: .* 404/),
  })

  const cleared = await run(['cache', 'clear', '--json'])
  expect((JSON.parse(cleared.stdout) as { bytes: number }).bytes).toBeGreaterThan(2 * onnx.length)
  expect((await readdir(join(cwd, 'cache', 'rehearsal'))).length).toBeGreaterThan(0)
})

test('models lists what is known of each', async () => {
  const { stdout } = await run(['models', '--json'])
  const { models } = JSON.parse(stdout) as { models: { name: string }[] }
  expect(models.map(({ name }) => name)).toEqual(expect.arrayContaining(['inception-v3', 'resnet-50', 'vit-base']))
  expect(models.find(({ name }) => name === 'resnet-50')).toMatchObject({
    classes: 1000,
    input: { width: 224, height: 224 },
    licence: 'Apache-2.0',
    accuracy: { top1: 0.7497, top5: 0.9233, source: expect.stringMatching(/^https:/) },
    downloadSize: 102_576_593,
    source: expect.stringMatching(/^hf:onnxmodelzoo\//),
    cached: false,
    file: null,
  })
  expect((await run(['models'])).stdout).toMatch(/resnet-50 +1000 +224x224 +75\.0% +102\.6 MB +Apache-2\.0 +no/)
})

test('what fails after the bundle is written leaves its figures, says why, and ends with 1', async () => {
  await rm(join(cwd, 'late'), { recursive: true, force: true })
  // The system takes no file in /proc, which only trying tells.
  const args = [
    '--add',
    'flowers',
    '--model',
    'net.onnx',
    ...scaling,
    '--rehearsal',
    'none',
    '--report',
    '/proc/a.html',
  ]
  const { code, stdout, stderr } = await run([...args, '--out', 'late', '--json'])
  expect(code).toBe(1)
  const result = JSON.parse(stdout) as ExtendResult
  expect(result.unwritten).toEqual(['report'])
  expect(result.heldOut.new.top1).toBeGreaterThan(0)
  expect(result.warnings.at(-1)).toMatch(/late is written, but its report failed: Cannot write \/proc\/a\.html: /)
  expect(stderr).toContain('extend: ./late is written, but --report failed; the warnings say why.')
  expect(await readdir(join(cwd, 'late'))).toContain('model.onnx')
})

test('a file for both records and report is refused; figures are printed though records fail', async () => {
  await writeFile(join(cwd, 'same.csv'), '')
  await symlink('same.csv', join(cwd, 'link.csv'))
  for (const report of ['./same.csv', 'link.csv']) {
    const { code, stdout, stderr } = await run(['evaluate', 'nowhere', '--records', 'same.csv', '--report', report])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('--records and --report both name same.csv; give each a file of its own.')
  }
  const only = ['--model', 'late', '--json', '--records', '/proc/a.csv']
  const { code, stdout, stderr } = await run(['evaluate', 'flowers', ...only])
  expect(stderr).toContain('Cannot write /proc/a.csv')
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ count: 12 })
})

test('figures are printed though a report fails, and say why', async () => {
  const { code, stdout, stderr } = await run([
    'evaluate',
    'flowers',
    '--model',
    'late',
    '--json',
    '--report',
    '/proc/a.html',
  ])
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    count: 12,
    warnings: [expect.stringMatching(/^The figures are made, but the report failed: Cannot write \/proc\/a\.html: /)],
    unwritten: ['report'],
  })
  expect(stderr).toContain('extend: The result is complete, but --report failed; the warnings say why.')
  expect(stderr).not.toContain('Cannot write')
})

test('what may be wrong with a model is told once, where no result repeats it', async () => {
  mkdirSync(join(cwd, 'beside'))
  const file = join('beside', 'net.onnx')
  await writeFile(join(cwd, file), onnx)
  await writeFile(join(cwd, 'beside', 'preprocessor_config.json'), config)
  await writeFile(join(cwd, 'beside', 'labels.txt'), 'a\nb\n')
  for (const label of ['class 0', 'class 1', 'empty']) mkdirSync(join(cwd, 'things', label), { recursive: true })
  for (const label of ['class 0', 'class 1']) cpSync(poppy, join(cwd, 'things', label, '01.jpg'))
  const sentence =
    'labels.txt beside net.onnx holds 2 names and the model has 10 outputs, so its classes go by number; give a list that fits with --labels FILE.'
  for (const args of [
    ['predict', poppy, '--model', file],
    ['evaluate', 'things', '--model', file],
    ['classes', '--model', file],
    ['models', 'pull', file, '--rehearsal', objects],
  ]) {
    const { code, stderr } = await run([...args, '--json'])
    const told = stderr.split('\n').filter((line) => line.includes('labels.txt'))
    expect({ args, code, told }).toEqual({ args, code: 0, told: [`extend: ${sentence}`] })
    const events = (await run([...args, '--progress', 'json'])).stderr.trimEnd().split('\n')
    const warnings = events.map((line) => JSON.parse(line) as object).filter((event) => 'code' in event)
    expect(warnings).toContainEqual({ type: 'warning', code: 'LABELS_UNFIT', message: sentence })
  }
  // What the result tells is not told beside it.
  const { stdout, stderr } = await run(['evaluate', 'things', '--model', file])
  expect(stdout).toMatch(/^Warning: .*empty/m)
  expect(stderr).not.toContain('empty')
})

test('--thresholds with a word that is no file says which word there is', async () => {
  const { code, stdout, stderr } = await run(['predict', poppy, '--thresholds', 'best-f2', '--model', 'net.onnx'])
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toBe("extend: There is no file best-f2; give one to --thresholds, or best-f1 for the bundle's own.\n")
})
