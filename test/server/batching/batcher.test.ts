import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { graphModel, node, valueInfo } from '../../../src/onnx/build.js'
import { encodeModel } from '../../../src/onnx/model.js'
import { DataType } from '../../../src/onnx/tensor.js'
import type { Outputs } from '../../../src/runtime/run-views.js'
import { openWorkerSession } from '../../../src/runtime/worker-session.js'
import { Batcher } from '../../../src/server/batching/batcher.js'
import { asIs } from '../../image/pictures.js'
import { holdRuns, type HeldSession } from './held-session.js'

// Images of one pixel: the answer to one is its colour.

const { signal } = new AbortController()
const anHour = 3_600_000
let session: HeldSession
let batcher: Batcher
let announced: number[]
/** Images that no longer wait. */
let left: number[]

beforeEach(async () => {
  const model = graphModel({
    name: 'echo',
    opset: 17,
    inputs: [valueInfo('image', DataType.UINT8, ['n', 1, 1, 3])],
    outputs: [valueInfo('colour', DataType.FLOAT, ['n', 1, 1, 3])],
    nodes: [node('Cast', ['image'], 'colour', { to: DataType.FLOAT })],
    initializers: [],
  })
  session = holdRuns(await openWorkerSession(encodeModel(model)))
  announced = []
  left = []
  batcher = batcherOf({ waitMs: anHour })
})
afterEach(() => session.close())

function batcherOf({ waitMs, batchSize = 4 }: { readonly waitMs: number; readonly batchSize?: number }): Batcher {
  const preprocess = asIs({ width: 1, height: 1 })
  const hooks = { onStage: () => undefined, onBatch: (images: number) => void announced.push(images) }
  return new Batcher({ session, preprocess, input: 'image', outputs: ['colour'], batchSize }, { waitMs, hooks })
}

/** Runs an image of a red, and gives the red of the answer. */
async function run(red: number, decode: () => Promise<unknown> = async () => undefined, by: AbortSignal = signal) {
  const pixels = async () => {
    await decode()
    return Uint8Array.of(red, 0, 0)
  }
  const outputs: Outputs = await batcher.run(pixels, by, () => void left.push(red))
  return outputs['colour']![0]
}

/** A decoder that takes until it is told to end. */
function slow() {
  let end = (): void => undefined
  let fail = (_: Error): void => undefined
  const work = new Promise<void>((resolve, reject) => {
    end = resolve
    fail = reject
  })
  return { decode: () => work, end, fail }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('Batcher', () => {
  test('an image runs at once where nothing else is coming', async () => {
    const answer = run(7)
    await session.release()
    expect(await answer).toBe(7)
    expect([session.batches, announced, left]).toEqual([[1], [1], [7]])
  })

  test('while a batch runs others gather; a full one follows at once, the rest when the graph is free', async () => {
    const first = run(1)
    await turn()
    const rest = [2, 3, 4, 5, 6, 7].map((red) => run(red))
    await turn()
    expect(session.batches).toEqual([1, 4])
    await session.release()
    expect(await first).toBe(1)
    await turn()
    expect(session.batches).toEqual([1, 4])
    await session.release()
    await session.release()
    expect(await Promise.all(rest)).toEqual([2, 3, 4, 5, 6, 7])
    expect(session.batches).toEqual([1, 4, 2])
  })

  test('at most two batches are in the session, however many wait', async () => {
    const all = Array.from({ length: 20 }, (_, red) => run(red))
    await turn()
    expect(session.batches).toEqual([4, 4])
    for (let i = 0; i < 5; i++) await session.release()
    expect(await Promise.all(all)).toEqual(Array.from({ length: 20 }, (_, red) => red))
    expect(session.batches).toEqual([4, 4, 4, 4, 4])
  })

  test('waits for images that are being decoded, and no longer once there are none', async () => {
    const { decode, end } = slow()
    const answers = [run(1), run(2, decode)]
    await turn()
    expect(session.batches).toEqual([])
    end()
    await session.release()
    expect(await Promise.all(answers)).toEqual([1, 2])
    expect(session.batches).toEqual([2])
  })

  test('an image that cannot be decoded holds up nobody', async () => {
    const { decode, fail } = slow()
    const [good, bad] = [run(1), run(2, decode)]
    await turn()
    fail(new Error('damaged'))
    await expect(bad).rejects.toThrow('damaged')
    await session.release()
    expect(await good).toBe(1)
    expect(left.sort()).toEqual([1, 2])
  })

  test('waits for others only so long', async () => {
    batcher = batcherOf({ waitMs: 1 })
    const { decode, end } = slow()
    const [quick, late] = [run(1), run(2, decode)]
    await session.release()
    expect(await quick).toBe(1)
    end()
    await session.release()
    expect(await late).toBe(2)
    expect(session.batches).toEqual([1, 1])
  })

  test('waits only so long for others after one that waited has been given up, too', async () => {
    batcher = batcherOf({ waitMs: 10 })
    const gone = new AbortController()
    const { decode, end } = slow()
    const late = run(3, decode)
    const given = run(1, undefined, gone.signal)
    await turn()
    gone.abort(new Error('gone'))
    await expect(given).rejects.toThrow('gone')
    // Timers of one length fire in the order in which they are set: that of the one that is gone first.
    await new Promise((resolve) => setTimeout(resolve, 10))
    const quick = run(2)
    await session.release()
    expect(await quick).toBe(2)
    end()
    await session.release()
    expect(await late).toBe(3)
  })

  test('an image that is given up leaves at every stage, and the others stay', async () => {
    const gone = new AbortController()
    const { decode, end } = slow()
    const running = run(1, undefined, gone.signal)
    await turn()
    const waiting = run(2, undefined, gone.signal)
    const decoding = run(3, decode, gone.signal)
    const others = [run(4), run(5)]
    await turn()
    gone.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    end()
    await expect(decoding).rejects.toThrow('gone')
    expect(left).toEqual([1, 2, 3])
    await session.release()
    // What the session has already is answered; whoever asked has gone.
    expect(await running).toBe(1)
    await session.release()
    expect(await Promise.all(others)).toEqual([4, 5])
    expect(session.batches).toEqual([1, 2])
  })

  test('batches are filled up where a new shape is dear', async () => {
    session = holdRuns(session, 'cuda')
    batcher = batcherOf({ waitMs: anHour, batchSize: 8 })
    const answer = run(9)
    await session.release()
    expect(session.batches).toEqual([8])
    void answer.catch(() => undefined)
  })

  test('a session that fails is a problem of its batch, and is known from then on', async () => {
    expect(batcher.hasFailed).toBe(false)
    await session.close()
    const answer = run(1)
    await session.release()
    await expect(answer).rejects.toMatchObject({ type: 'internal' })
    expect(batcher.hasFailed).toBe(true)
  })
})
