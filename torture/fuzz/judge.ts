import { NpluskError } from '../../src/core/errors.js'

/** Longest time for one input. */
export const mostMs = 10_000
/** Most memory of the process, in kB as `resourceUsage` counts. */
const mostMemory = 2 * 2 ** 20

/** What is wrong with how an input was read, in one sentence; `undefined` where it was taken or refused. */
export async function faultOf(read: () => Promise<unknown>): Promise<string | undefined> {
  const start = performance.now()
  let timer: NodeJS.Timeout | undefined
  try {
    // What never answers, though the process does other things meanwhile.
    const silence = new Promise<string>((resolve) => (timer = setTimeout(resolve, 2 * mostMs, 'It does not end.')))
    const said = await Promise.race([read().then(() => undefined), silence])
    if (said !== undefined) return said
  } catch (error) {
    const wrong = wrongError(error)
    if (wrong !== undefined) return wrong
  } finally {
    clearTimeout(timer)
  }
  const took = performance.now() - start
  return took > mostMs ? `It takes ${(took / 1000).toFixed(0)} s.` : undefined
}

/** What is wrong with the memory that the process has taken, if anything. */
export function memoryFault(): string | undefined {
  const { maxRSS } = process.resourceUsage()
  return maxRSS > mostMemory ? `The process grew to ${(maxRSS / 2 ** 20).toFixed(1)} GB.` : undefined
}

function wrongError(error: unknown): string | undefined {
  if (error instanceof NpluskError) {
    // What a person reads must be text, and one sentence.
    return /\bundefined\b|\[object |\bNaN\b/.test(error.message) ? `The message reads: ${error.message}` : undefined
  }
  if (!(error instanceof Error)) return `It throws ${typeof error}.`
  const [, place = ''] = /dist\/(src\/[^)\n]*)/.exec(error.stack ?? '') ?? []
  return `${error.name}: ${error.message.slice(0, 300)} (${place})`
}

/** A finding without what differs from input to input, so that each kind is told once. */
export function kindOf(what: string): string {
  return what.replace(/"[^"]*"|'[^']*'|\d+(\.\d+)?/g, '…').slice(0, 200)
}
