/** A process of `ProcessPool`: decodes the pictures that it is told, and writes their pixels into the shared file. */
import { open } from 'node:fs/promises'
import { messageOf } from '../../src/core/errors.js'
import { loadImage } from '../../src/image/decode.js'
import type { Preprocess } from '../../src/image/types.js'
import type { DecodeAnswer, DecodeJob } from './process-pool.js'

const [path, description] = process.argv.slice(2)
const preprocess = JSON.parse(description!) as Preprocess
const shared = await open(path!, 'r+')
process.on('message', ({ file, slot }: DecodeJob) => {
  void decode(file, slot).then(
    () => tell({ slot }),
    (error: unknown) => tell({ slot, error: messageOf(error) }),
  )
})
process.once('disconnect', () => void shared.close())
process.send!('ready')

function tell(answer: Omit<DecodeAnswer, 'cpu'>): void {
  process.send!({ ...answer, cpu: process.cpuUsage() } satisfies DecodeAnswer)
}

async function decode(file: string, slot: number): Promise<void> {
  const pixels = await loadImage(file, preprocess)
  await shared.write(pixels, 0, pixels.length, slot * pixels.length)
}
