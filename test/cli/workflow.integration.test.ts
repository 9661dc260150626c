import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { extend, mainFile } from './spawn.js'

const fixtures = fileURLToPath(new URL('../../../fixtures/', import.meta.url))
const poppy = join(fixtures, 'flowers', 'poppy', '01.jpg')

interface PredictionLine {
  readonly file: string
  readonly error?: string
  readonly predictions: readonly {
    readonly index: number
    readonly label: string
    readonly probability: number
    readonly increment: string
    readonly unsure?: boolean
  }[]
}

let cwd: string
const run = (args: readonly string[], input?: string) =>
  extend(args, { cwd, ...(input === undefined ? {} : { input }) })

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'nplusk-'))
  const { code, stdout, stderr } = await run(['--add', join(fixtures, 'flowers'), '--json'])
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/^([A-Z][a-z ]+\n)+$/) })
  expect(stdout.split('\n')).toHaveLength(2)
  expect(JSON.parse(stdout)).toMatchObject({
    bundle: join(cwd, 'extended'),
    classes: { base: 1000, added: 5, total: 1005 },
    increment: { name: 'flowers', labels: expect.arrayContaining(['poppy']), images: 60 },
    heldOut: {
      old: { count: expect.any(Number) },
      new: { count: 60, top1: expect.any(Number) },
      leak: expect.any(Number),
      miss: expect.any(Number),
    },
    warnings: expect.any(Array),
  })
})

afterAll(() => rm(cwd, { recursive: true }))

describe('predict', () => {
  test('counts many images while results go elsewhere, in JSON on the standard error stream if wanted', async () => {
    const folder = join(fixtures, 'flowers', 'poppy')
    const { code, stdout, stderr } = await run(['predict', folder, '--json', '--progress', 'json'])
    expect(code).toBe(0)
    const events = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(events[0]).toMatchObject({ type: 'progress', stage: 'load', done: 0, total: 1 })
    const images = stdout.trimEnd().split('\n').length
    expect(events.at(-1)).toMatchObject({ stage: 'predict', done: images, total: images, unit: 'images' })
    const { stderr: failure } = await run(['predict', 'nosuch.jpg', '--progress=json'])
    const lines = failure.trimEnd().split('\n')
    expect(lines.slice(-2).map((line) => JSON.parse(line) as unknown)).toEqual([
      { type: 'warning', code: 'UNREADABLE_IMAGE', message: expect.stringContaining('nosuch.jpg') },
      { type: 'error', code: 'BAD_INPUT', message: expect.stringMatching(/^1 of 1 image could not be read/) },
    ])
  })

  test('prints a table per image, and on the standard error stream that it loads the model', async () => {
    const { code, stdout, stderr } = await run(['predict', poppy])
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Loading the model\n' })
    expect(await run(['predict', poppy, '--quiet'])).toEqual({ code, stdout, stderr: '' })
    const [name, first, ...others] = stdout.trimEnd().split('\n')
    expect(name).toBe(poppy)
    expect(first).toMatch(/^ +>?\d+\.\d% {2}poppy +\(flowers\)$/)
    expect(others).toHaveLength(4)
  })

  test('--json prints a line per image; one that cannot be read does not stop the others, but counts in the end', async () => {
    const { code, stdout, stderr } = await run([
      'predict',
      poppy,
      'missing.jpg',
      join(fixtures, 'objects'),
      '--json',
      '--top',
      '2',
    ])
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^Loading the model\nPredicting\nextend: 1 of \d+ images could not be read; mend or remove it\.\n$/,
    )
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as PredictionLine)
    expect(lines[0]).toMatchObject({
      file: poppy,
      predictions: [{ label: 'poppy', increment: 'flowers', probability: expect.any(Number) }, {}],
    })
    expect(lines[1]).toEqual({ file: 'missing.jpg', error: expect.stringContaining('missing.jpg') })
    for (const { predictions } of lines.slice(2)) expect(predictions[0]!.increment).toBe('base')
  })

  test("--thresholds marks what is below its class's threshold: the bundle's own, or those of a file", async () => {
    const bundle = JSON.parse(await readFile(join(cwd, 'extended', 'bundle.json'), 'utf8')) as {
      training: { heldOut: { perClass: { label: string; threshold: number }[] } }
    }
    const own = new Map(bundle.training.heldOut.perClass.map(({ label, threshold }) => [label, threshold]))
    const { stdout } = await run(['predict', poppy, '--thresholds', 'best-f1', '--json', '--top', '1005'])
    const { predictions } = JSON.parse(stdout) as PredictionLine
    for (const { label, probability, increment, unsure } of predictions) {
      const threshold = increment === 'base' ? undefined : own.get(label)!
      expect({ label, unsure }).toEqual({
        label,
        unsure: threshold === undefined ? undefined : probability < threshold,
      })
    }
    expect(predictions[0]).toMatchObject({ label: 'poppy', unsure: false })

    const file = join(cwd, 'thresholds.csv')
    await writeFile(file, 'label,threshold\npoppy,1\ngoldfish,0.5\n')
    const marked = await run(['predict', poppy, '--thresholds', file])
    expect(marked.code).toBe(0)
    expect(marked.stdout.split('\n')[0]).toBe(`${poppy}  unsure`)

    await writeFile(file, 'popy,0.5\n')
    const { code, stdout: nothing, stderr } = await run(['predict', poppy, '--thresholds', file])
    expect({ code, nothing }).toEqual({ code: 1, nothing: '' })
    expect(stderr).toMatch(/extend: A threshold is given for "popy", .* nearest labels are .*"poppy"/)
  })

  test('- reads paths from the standard input', async () => {
    const { code, stdout } = await run(['predict', '-', '--json'], `${poppy}\n`)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ file: poppy })
  })

  test("takes a known model's name for the base alone", async () => {
    const { code, stdout } = await run(['predict', poppy, '--model', 'inception-v3', '--json', '--top', '1000'])
    expect(code).toBe(0)
    const { predictions } = JSON.parse(stdout) as PredictionLine
    expect(new Set(predictions.map(({ increment }) => increment))).toEqual(new Set(['base']))
    expect(predictions).toHaveLength(1000)
  })
})

test('evaluate measures new classes', async () => {
  const { code, stdout } = await run(['evaluate', join(fixtures, 'flowers-test'), '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    old: null,
    leak: null,
    new: { top1: expect.any(Number), top1Alone: expect.any(Number) },
    unreadable: [],
  })
})

test('classes lists 1005 classes, and a reader that goes away is no failure', async () => {
  const { stdout } = await run(['classes', '--json'])
  const { labels } = JSON.parse(stdout) as { labels: { increment: string }[] }
  expect(labels.map(({ increment }) => increment)).toEqual([
    ...Array<string>(1000).fill('base'),
    ...Array<string>(5).fill('flowers'),
  ])

  // As `| head -1` does, but before the first byte.
  const child = spawn(process.execPath, [mainFile, 'classes'], { cwd })
  child.stdout.destroy()
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s in the middle of --add ends with 130 and leaves the bundle as it was',
  async (name) => {
    const bundle = join(cwd, 'extended', 'bundle.json')
    const before = await readFile(bundle)
    const child = spawn(process.execPath, [mainFile, '--add', join(fixtures, 'flowers-test'), '--name', 'again'], {
      cwd,
    })
    const stderr = text(child.stderr)
    child.stderr.once('data', () => child.kill(name))
    const [code] = (await once(child, 'close')) as [number | null]
    expect({ code, stderr: await stderr }).toEqual({
      code: 130,
      stderr: expect.stringMatching(/^extend: Interrupted; nothing was changed\.$/m),
    })
    expect(await readFile(bundle)).toEqual(before)
  },
)

test('a device that is not there ends with 3', async () => {
  const { providers } = JSON.parse((await run(['doctor', '--json'])).stdout) as {
    providers: { name: string; available: boolean }[]
  }
  const available = providers.find(({ name }) => name === 'cuda')!.available
  const { code, stderr } = await run(['predict', poppy, '--device', 'cuda', '--json'])
  expect(code).toBe(available ? 0 : 3)
  if (!available)
    expect(stderr).toMatch(/^extend: The CUDA execution provider cannot be loaded: .*, or use the device cpu\.\n$/)
})

test('remove takes the increment out again', async () => {
  const { code, stdout, stderr } = await run(['remove', 'flowers', '--model', './extended', '--quiet'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(
    /^Removed 5 classes from \.\/extended: .*poppy.*\n1000 classes are left: 1000 old and 0 added\.\n$/,
  )
})
