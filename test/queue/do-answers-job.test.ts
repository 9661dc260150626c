import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { hashFile } from '../../src/core/hash-file.js'
import { hashSource } from '../../src/image/read-source.js'
import { doAnswersJob } from '../../src/queue/do-answers-job.js'
import type { Session } from '../../src/runtime/session.js'
import { asIs, encoder, paint } from '../image/pictures.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()

/** A classifier of two classes, the first for all pictures, and how many it has been asked about. */
function countingSession() {
  const asked = { count: 0 }
  const close = () => Promise.resolve()
  const session: Session = {
    provider: 'cpu',
    run({ image }) {
      const count = image!.dims[0]!
      asked.count += count
      const pairs = (pair: readonly number[]) => ({
        dims: [count, 2],
        data: Float32Array.from(Array.from({ length: count }, () => pair).flat()),
      })
      return Promise.resolve({ logits: pairs([1, 0]), probabilities: pairs([0.75, 0.25]) })
    },
    close,
    [Symbol.asyncDispose]: close,
  }
  return { session, asked }
}

async function jobOf(count: number) {
  const path = join(folder(), '0.png')
  await encoder(paint(4, 3, () => [1, 2, 3]))
    .png()
    .toFile(path)
  const hash = await hashSource(path)
  expect(hash).toBe(await hashFile(path))
  return {
    kind: 'answers',
    graph: 'any',
    preprocess: asIs({ width: 4, height: 3 }),
    oneByOne: false,
    classes: 2,
    oldClasses: 2,
    columns: 1,
    images: Array.from({ length: count }, (_, i) => ({ path, hash, name: `${i}.png` })),
  } as const
}

test('a worker answers in the order of the job', async () => {
  const { session } = countingSession()
  const outcome = await doAnswersJob(await jobOf(3), { session, machine: 'here' })
  expect(outcome).toMatchObject([{ best: [[0, 0.75]] }, { best: [[0, 0.75]] }, { best: [[0, 0.75]] }])
})

test('a worker reads no file long before it is wanted', async () => {
  const { session, asked } = countingSession()
  const { images, ...job } = await jobOf(60)
  const all = [...images, { path: join(folder(), 'gone.png'), hash: images[0]!.hash, name: 'gone.png' }]
  const answers = doAnswersJob({ ...job, images: all }, { session, machine: 'here' })
  await expect(answers).rejects.toMatchObject({ code: 'QUEUE' })
  expect(asked.count).toBeGreaterThanOrEqual(16)
})

test('a sender says of what is no picture what reading it would', async () => {
  await expect(hashSource(folder())).rejects.toMatchObject({ code: 'BAD_INPUT' })
  await expect(hashSource(join(folder(), 'gone.png'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
