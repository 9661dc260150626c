/** A thread with a session of its own that computes on itself alone: runs a batch as often as it is told to. */
import { parentPort, workerData } from 'node:worker_threads'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import type { PlainTensor } from '../../src/runtime/session.js'

export interface SessionThreadData {
  readonly model: Uint8Array
  readonly input: string
  readonly batch: PlainTensor
}

const { model, input, batch } = workerData as SessionThreadData
const session = await InferenceSession.create(model, { intraOpNumThreads: 1 })
const feeds = { [input]: new Tensor('uint8', batch.data as Uint8Array, batch.dims) }
parentPort!.on('message', (times: number) => {
  void (async () => {
    for (let i = 0; i < times; i++) await session.run(feeds)
    parentPort!.postMessage('done')
  })()
})
parentPort!.postMessage('ready')
