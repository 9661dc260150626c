import { Transform } from 'node:stream'
import type { OnProgress } from '../core/progress.js'

/**
 * Reports the bytes of one file over several attempts: the number reported never falls, and the total never changes.
 */
export interface ByteCounter {
  /**
   * A stream that counts the bytes passing through it.
   *
   * @param start bytes already on disk
   * @param total bytes of the whole file; NaN where the server does not say, and then nothing is reported
   */
  from(start: number, total: number): Transform
}

export function countBytes(onProgress: OnProgress | undefined): ByteCounter {
  let announced: number | undefined
  let reported = -1
  const report = (done: number) => {
    if (announced === undefined || done <= reported || done > announced) return
    reported = done
    onProgress?.({ type: 'progress', stage: 'download', done, total: announced, unit: 'bytes' })
  }
  return {
    from(start, total) {
      if (Number.isFinite(total)) announced ??= total
      let done = start
      report(done)
      return new Transform({
        transform(chunk: Uint8Array, _encoding, callback) {
          done += chunk.length
          report(done)
          callback(null, chunk)
        },
      })
    },
  }
}
