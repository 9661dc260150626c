import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { NpluskError } from '../../src/core/errors.js'
import { decodeViews, decodeWithin } from '../../src/image/decode.js'
import { plainView, type Preprocess } from '../../src/image/types.js'
import type { Decoded } from './decoder.js'

// A process that decodes what it is sent, one picture after the other, and says what came of it: a picture that ends a
// process must not end the one that tries.
const preprocess: Preprocess = {
  width: 32,
  height: 24,
  resize: 'shorter',
  cropFraction: 0.875,
  interpolation: 'bilinear',
}
const delay = monitorEventLoopDelay({ resolution: 5 })
delay.enable()
process.on('disconnect', () => process.exit())
process.on('message', ({ bytes }: { readonly bytes: Uint8Array }) => void tell(bytes))

async function tell(bytes: Uint8Array): Promise<void> {
  delay.reset()
  const before = process.cpuUsage()
  const found = await outcomeOf(bytes)
  const { user, system } = process.cpuUsage(before)
  if (!process.connected) return
  process.send!({
    ...found,
    seconds: (user + system) / 1e6,
    peakBytes: peakBytes(),
    standstill: delay.max / 1e9,
  } satisfies Decoded)
}

async function outcomeOf(bytes: Uint8Array): Promise<Pick<Decoded, 'outcome' | 'what'>> {
  const first = await attempt(async () => (await decodeViews(bytes, preprocess, [plainView]))[0]!)
  const small = await attempt(() => decodeWithin(bytes, 48))
  const second = await attempt(async () => (await decodeViews(bytes, preprocess, [plainView]))[0]!)
  for (const one of [first, small, second]) {
    const wrong = 'error' in one ? faultOfError(one.error) : undefined
    if (wrong !== undefined) return { outcome: 'fault', what: wrong }
  }
  if ('error' in first && 'error' in second) return { outcome: 'refused', what: messageOf(first.error) }
  if ('error' in first || 'error' in second) {
    return { outcome: 'fault', what: 'it is read at one time and refused at another' }
  }
  if (first.value.length !== 3 * preprocess.width * preprocess.height) {
    return { outcome: 'fault', what: `it gives ${first.value.length} bytes of pixels` }
  }
  if (Buffer.compare(first.value, second.value) !== 0)
    return { outcome: 'fault', what: 'it gives other pixels each time' }
  // A picture may have a shape of which there is no small version.
  if ('error' in small) return { outcome: 'read', what: '' }
  const { data, width, height } = small.value
  if (data.length !== 3 * width * height || Math.max(width, height) > 48) {
    return { outcome: 'fault', what: `its small version is ${width} x ${height} in ${data.length} bytes` }
  }
  return { outcome: 'read', what: '' }
}

async function attempt<T>(work: () => Promise<T>): Promise<{ readonly value: T } | { readonly error: unknown }> {
  try {
    return { value: await work() }
  } catch (error) {
    return { error }
  }
}

function faultOfError(error: unknown): string | undefined {
  const message = messageOf(error)
  if (!(error instanceof NpluskError) || error.code !== 'BAD_INPUT') return `an error that is none of ours: ${message}`
  return /^[A-Z][^\n]*\.$/.test(message) && message.length < 500 ? undefined : `its error is no sentence: ${message}`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Of this program alone: what the system counts for the process begins with what its parent had. */
function peakBytes(): number {
  try {
    return 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1])
  } catch {
    return 1024 * process.resourceUsage().maxRSS
  }
}
