import { describe, expect, test } from '@jest/globals'
import { EventEmitter } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { interruptionOf, outputClosed } from '../../src/cli/interruption.js'

class FakeProcess extends EventEmitter {
  readonly stdout = new EventEmitter()
  readonly stderr: EventEmitter & { isTTY?: boolean } = new EventEmitter()

  constructor(terminal: boolean) {
    super()
    if (terminal) this.stderr.isTTY = true
  }
}

function watch(terminal = false): { signal: AbortSignal; process: FakeProcess } {
  const process = new FakeProcess(terminal)
  return { process, signal: interruptionOf(process as unknown as NodeJS.Process) }
}

function brokenPipe(code: string): Error {
  return Object.assign(new Error(`write ${code}`), { code })
}

describe('interruptionOf', () => {
  test.each(['SIGINT', 'SIGTERM'])('fires on %s', (name) => {
    const { process, signal } = watch()
    expect(signal.aborted).toBe(false)
    process.emit(name)
    expect(signal.aborted).toBe(true)
  })

  test('fires when its terminal is closed, and leaves SIGHUP to the system elsewhere', () => {
    const { process, signal } = watch(true)
    process.emit('SIGHUP')
    expect(signal.aborted).toBe(true)
    expect(watch().process.listenerCount('SIGHUP')).toBe(0)
  })

  test('leaves a second signal to the system, unless it is an echo of the first', async () => {
    const { process } = watch()
    process.emit('SIGINT')
    expect(process.listenerCount('SIGINT')).toBe(1)
    // For ever, should it never be left to the system.
    while (process.listenerCount('SIGINT') + process.listenerCount('SIGTERM') > 0) await setImmediate()
  })

  test('fires when the reader of the output goes away', () => {
    const { process, signal } = watch()
    process.stdout.emit('error', brokenPipe('EPIPE'))
    expect(signal.reason).toBe(outputClosed)
  })

  test.each([
    ['ENOSPC', 'Cannot write to the standard output: the disk is full; free some space and run again.'],
    ['EIO', 'Cannot write to the standard output: the device reports an error; check it.'],
    ['EINVAL', 'Cannot write to the standard output: write EINVAL.'],
  ])('fires when the output cannot be written, with the reason: %s', (code, message) => {
    const { process, signal } = watch()
    process.stdout.emit('error', brokenPipe(code))
    expect(signal.reason).toMatchObject({ name: 'NpluskError', code: 'IO', message })
  })
})
