/**
 * What stays of replaced models in memory: a bundle is opened as a service opens its next revision, asked for eight
 * pictures, and closed once the next one has answered. Prints the megabytes resident after each.
 *
 *     [MALLOC_MMAP_THRESHOLD_=1048576] node --expose-gc dist/torture/resources/revisions.js BUNDLE TIMES
 */
import { join } from 'node:path'
import { readBundle } from '../../src/bundle/bundle.js'
import type { Session } from '../../src/runtime/session.js'
import { openWorkerSession } from '../../src/runtime/worker-session.js'

const [folder, times] = process.argv.slice(2)
const { manifest } = await readBundle(folder!)
const { width, height } = manifest.preprocess
const image = { dims: [8, height, width, 3], data: new Uint8Array(8 * height * width * 3) }

const resident: number[] = []
let served: Session | undefined
for (let i = 0; i < Number(times); i++) {
  const next = await openWorkerSession(join(folder!, 'model.onnx'))
  await next.run({ image }, ['logits'])
  await served?.close()
  served = next
  globalThis.gc?.()
  resident.push(Math.round(process.memoryUsage().rss / 1e6))
}
await served?.close()
console.log(resident.join(' '))
