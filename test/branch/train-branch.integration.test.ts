import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { BranchPicture } from '../../src/branch/pictures.js'
import { trunkOf } from '../../src/branch/branch-graph.js'
import { judge } from '../../src/branch/judge.js'
import { learnerNames, learnerOf } from '../../src/branch/learner.js'
import { openBranch } from '../../src/branch/open-branch.js'
import type { BranchState } from '../../src/branch/take-steps.js'
import { trainBranch, type BranchOptions } from '../../src/branch/train-branch.js'
import { openBackbone } from '../../src/classifier/open-backbone.js'
import { hashFile } from '../../src/core/hash-file.js'
import type { ProgressEvent } from '../../src/core/progress.js'
import { emptyColumns } from '../../src/features/columns.js'
import { withValues } from '../../src/gradient/trained-model.js'
import { noOldTarget } from '../../src/features/table.js'
import { trainingColumns, type TrainingRows } from '../../src/head/training-rows.js'
import { shapeOf } from '../../src/onnx/graph.js'
import { encodeModel } from '../../src/onnx/model.js'
import { openSession } from '../../src/runtime/session.js'
import { drawStripes } from '../support/striped-pictures.js'
import { writeBlindClassifier } from '../support/tiny-classifier-file.js'
import { input, tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

let folder: string
let place: TinyPlace
let options: BranchOptions

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder, 10, writeBlindClassifier)
  const { backbone } = await openBackbone({ model: place.model, input, cacheDir: place.cacheDir })
  const ways = ['across', 'down'] as const
  const stripes = await drawStripes(place.path('stripes'), 14, ways)
  const added = (await Promise.all(ways.map((way, label) => picturesIn(join(stripes, way), label)))).flat()
  const old = await picturesIn(join(await place.draw('old', { any: 10 }), 'any'), -1)
  const branch = await openBranch(backbone, 6)
  options = { backbone, branch, provider: 'cpu', classes: 2, added, old, seed: 0, epochs: 6 }
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function picturesIn(from: string, label: number): Promise<BranchPicture[]> {
  const files = readdirSync(from).map((name) => join(from, name))
  return Promise.all(
    files.map(async (file, i) => ({ file, hash: await hashFile(file), label, oldLogSumExp: label + i / 4 })),
  )
}

test('the same seed gives the same branch, and another seed another one', async () => {
  const events: ProgressEvent[] = []
  const first = await trainBranch({ ...options, onProgress: (event) => events.push(event) })
  const again = await trainBranch(options)
  const other = await trainBranch({ ...options, seed: 1 })
  expect(first.epochs).toBe(6)
  expect(first.head.weight.some((value) => value !== 0)).toBe(true)
  expect(again.head).toEqual(first.head)
  expect(Buffer.from(encodeModel(again.model)).equals(encodeModel(first.model))).toBe(true)
  expect(other.head).not.toEqual(first.head)
  const views = events.filter((event) => event.type === 'progress').map(({ done, total }) => [done, total])
  expect(views).toEqual(Array.from({ length: 13 }, (_, step) => [14 * step, 168]))
  const learning = events.flatMap((event) => (event.type === 'progress' && event.learning ? [event.learning] : []))
  expect(learning).toHaveLength(12)
  expect(learning[0]!.loss).toBe(first.losses[0]!.loss)
  expect(learning[1]!.loss).toBeCloseTo((first.losses[0]!.loss + first.losses[1]!.loss) / 2, 12)
  expect(events.find(({ type }) => type === 'info')).toMatchObject({ message: expect.stringMatching(/last 6 blocks/) })
})

test('the first loss is that of zeros for all new classes, beside the old logits of the very picture', async () => {
  const [added, old] = [options.added.filter((_, i) => i % 2 === 0), options.old.slice(0, 2)]
  const { losses } = await trainBranch({ ...options, added, old, epochs: 1 })
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const all = (picture: BranchPicture) => Math.log(Math.exp(picture.oldLogSumExp) + options.classes)
  // A step has all 14 new pictures and both old ones.
  const expected = mean(added.map(all)) + mean(old.map((one) => all(one) - one.oldLogSumExp))
  expect(losses).toHaveLength(1)
  expect(losses[0]!.loss).toBeCloseTo(expected, 4)
})

test('copies are decoded in place of pictures, which stand in for those that are lost or damaged', async () => {
  const lossesOf = async (copyOf: (picture: BranchPicture, i: number) => BranchPicture['copy']) => {
    const added = options.added.map((picture, i) => ({ ...picture, copy: copyOf(picture, i) }))
    const { losses } = await trainBranch({ ...options, added, epochs: 1 })
    return losses.map(({ loss }) => loss)
  }
  const plain = await lossesOf(() => undefined)
  const { file, hash } = options.old[0]!
  expect(await lossesOf(() => ({ file: place.path('lost.jpg'), hash }))).toEqual(plain)
  expect(await lossesOf((picture) => ({ file, hash: picture.hash }))).toEqual(plain)
  expect(await lossesOf(() => ({ file, hash }))).not.toEqual(plain)
})

test('who asks to go on is told where there is nothing to go on with', async () => {
  const told: string[] = []
  const onProgress = (event: ProgressEvent) => event.type === 'info' && told.push(event.message)
  await trainBranch({ ...options, epochs: 1, resume: true, onProgress })
  expect(told).toContainEqual(expect.stringMatching(/^Nothing is kept of training/))
})

test('training goes on where it stopped, as if it had not', async () => {
  let kept: BranchState | undefined
  const abort = new AbortController()
  const checkpoints = {
    read: () => Promise.resolve(kept),
    write: (state: BranchState) => {
      kept = structuredClone(state)
      return Promise.resolve(true)
    },
    forget: () => Promise.resolve(void (kept = undefined)),
  }
  // The first steps would be quick to do again.
  const onProgress = (event: ProgressEvent) => {
    if (event.type === 'progress' && event.done === 14 * 7) abort.abort()
  }
  const longer = { ...options, epochs: 10 }
  const stopped = trainBranch({ ...longer, checkpoints, onProgress, signal: abort.signal })
  await expect(stopped).rejects.toMatchObject({
    code: 'ABORTED',
    message: expect.stringMatching(/is kept/),
    // It would end sooner by itself than in the two minutes that are the least to give.
    remedy: undefined,
  })
  expect(kept).toMatchObject({ trainer: { steps: 7 } })
  const first: number[] = []
  const resumed = await trainBranch({
    ...longer,
    checkpoints,
    onProgress: (event) => event.type === 'progress' && first.push(event.done),
  })
  expect(first[0]).toBe(14 * 7)
  const whole = await trainBranch(longer)
  expect(resumed.head).toEqual(whole.head)
  expect(resumed.losses.map(({ loss }) => loss)).toEqual(whole.losses.map(({ loss }) => loss))
  // What has come to its end is not trained again.
  expect((await trainBranch({ ...longer, checkpoints })).head).toEqual(whole.head)
  expect(await trainBranch({ ...longer, epochs: 3, checkpoints })).toMatchObject({ epochs: 10, head: whole.head })
})

test('what the branch makes of held-out pictures is told while it is trained', async () => {
  const [plain, strange] = [options.added.slice(0, 2), options.added.slice(14, 16)]
  const old = options.old.slice(0, 2)
  const pictures = [...plain, ...strange, ...old]
  const energies = [1, 2, 3, 4, 5, 6]
  const numbers = (values: readonly number[]) => Float32Array.from(values)
  const rows: TrainingRows = {
    ...emptyColumns(trainingColumns, pictures.length),
    classes: 2,
    target: Int32Array.from(pictures, ({ label }) => label),
    image: Int32Array.from(pictures.keys()),
    oldLogSumExp: numbers(energies),
    // All logits are 0 with a head of zeros: an old class keeps the first picture, and the last one is taken.
    oldBest: numbers([1, -1, -1, -1, 1, -1]),
    oldTarget: numbers([...Array<number>(4).fill(noOldTarget), 5, 6]),
  }
  const heldOut = { rows, files: pictures.map(({ file }) => file) }
  const { backbone, branch, provider } = options
  const { cut } = branch
  await using session = await openSession(trunkOf(backbone, cut))
  const trunk = { session, preprocess: backbone.preprocess }
  const size = Number(shapeOf(branch.model.graph.output[0]!)!.at(-1))
  const scaling = { mean: new Float32Array(size), inverseDeviation: new Float32Array(size).fill(1) }
  const learner = encodeModel(withValues(learnerOf(branch.model, 2, scaling), new Map(), [learnerNames.logits]))
  const all = energies.map((energy) => Math.log(Math.exp(energy) + 2))
  const ofNew = (all[0]! + all[1]! + all[2]! + all[3]!) / 4
  const ofOld = (all[4]! - 5 + all[5]! - 6) / 2
  const judged = await judge({ trunk, cut, learner, provider }, heldOut, undefined)
  expect(judged).toEqual({ loss: expect.closeTo(ofNew + ofOld, 5), top1: 1 / 4, leak: 1 / 2, miss: 1 / 4 })

  const told: unknown[] = []
  const onProgress = (event: ProgressEvent) => event.type === 'progress' && told.push(event.learning?.heldOut)
  const { losses } = await trainBranch({ ...options, heldOut, onProgress })
  const [first] = losses.flatMap((step) => step.heldOut ?? [])
  expect(first!.loss).not.toBe(judged.loss)
  expect(told).toContainEqual(first)
  expect(losses.map(({ loss }) => loss)).toEqual((await trainBranch(options)).losses.map(({ loss }) => loss))
})

test('time may run out before the pictures have been gone through as often as asked', async () => {
  const done: number[] = []
  const { losses, epochs } = await trainBranch({
    ...options,
    epochs: 1000,
    minutes: 1e-4,
    onProgress: (event) => event.type === 'progress' && done.push(event.done),
  })
  expect(losses.length).toBeGreaterThan(0)
  expect(losses.length).toBeLessThan(1000)
  expect(epochs).toBe(losses.length / 2)
  expect(done).toHaveLength(losses.length + 1)
  expect(done.at(-1)).toBe(100)
})

test('where the loss is no number any more, nothing is kept and a way out is told', async () => {
  let isKept = true
  const checkpoints = {
    read: () => Promise.resolve(undefined),
    write: () => Promise.resolve(true),
    forget: () => Promise.resolve(void (isKept = false)),
  }
  const old = options.old.map((one) => ({ ...one, oldLogSumExp: NaN }))
  const training = trainBranch({ ...options, old, checkpoints })
  await expect(training).rejects.toMatchObject({ code: 'BAD_MODEL', message: expect.stringMatching(/fewer blocks/) })
  expect(isKept).toBe(false)
})

test('training needs pictures of both kinds', async () => {
  await expect(trainBranch({ ...options, old: [] })).rejects.toThrow(RangeError)
})

test('a picture that is gone ends training, and so does a signal', async () => {
  const broken = join(folder, 'broken.png')
  writeFileSync(broken, 'no picture')
  const old = [{ file: broken, hash: 'any', label: -1, oldLogSumExp: 2 }]
  await expect(trainBranch({ ...options, old })).rejects.toMatchObject({ code: 'BAD_INPUT' })
  const other = options.old.map((picture) => ({ ...picture, hash: 'another' }))
  await expect(trainBranch({ ...options, old: other })).rejects.toThrow('changed while it was read')
  const abort = new AbortController()
  const onProgress = () => abort.abort()
  await expect(trainBranch({ ...options, onProgress, signal: abort.signal })).rejects.toMatchObject({ code: 'ABORTED' })
})
