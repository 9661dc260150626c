import { cp, mkdir, realpath, rm } from 'node:fs/promises'
import { stateOf } from '../shared/scenario.js'
import { judge, leftoversIn, run, type Prepared } from '../shared/workplace.js'
import { hangs, type Ended } from '../shared/program.js'
import { injecting, kinds, kindsAt, type Call, type Injected } from './preload.js'

/** Faults to inject: every kind at every call. */
export function faultsAt(calls: readonly Call[]): Injected[] {
  return calls.flatMap((call) => kindsAt(call).map((kind) => ({ at: call.number, kind, call: call.name })))
}

/** Runs the command with a fault; what is wrong afterwards, in a sentence. */
export async function injectOnce(
  prepared: Prepared,
  fault: Injected,
  library: string,
  folder: string,
): Promise<string | undefined> {
  const { scenario, template } = prepared
  await mkdir(folder)
  await cp(template, folder, { recursive: true })
  try {
    const env = injecting(library, await realpath(folder), fault)
    const ended = await run(scenario, scenario.command, folder, { env })
    return (await judgeEnd(prepared, fault, ended, folder)) ?? (await judge(prepared, folder))
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Whether the command said truly what became of it, and cleaned up as far as the fault let it. */
async function judgeEnd(
  { scenario, inputs, states }: Prepared,
  { kind, call }: Injected,
  ended: Ended,
  folder: string,
): Promise<string | undefined> {
  if (kind === 'kill') return undefined
  const { code, signal, stderr } = ended
  if (hangs(ended)) return 'hangs'
  if (code === null) return `ended by ${signal}`
  const state = await stateOf(scenario, folder, inputs).catch((error: unknown) => `broken: ${String(error)}`)
  if (code === 0 && state !== states.new) return `ended with 0 and left ${state === states.old ? 'the old one' : state}`
  if (code !== 0 && !/^extend: [A-Z][^\n]*\n$/.test(stderr)) return `said no sentence: ${stderr}`
  if (/unexpected/i.test(stderr)) return `did not expect it: ${stderr}`
  const isNew = state === states.new && states.new !== states.old
  if (code !== 0 && isNew && !/took effect/.test(stderr))
    return `changed ${scenario.target} and said that it failed: ${stderr}`
  // What a device does not delete stays for an hour; so does the old folder where a power failure may need it.
  const mayStay = kinds[kind].sticky || call === 'unlink' || call === 'rmdir' || /took effect/.test(stderr)
  const left = mayStay ? [] : await leftoversIn(folder)
  return left.length > 0 ? `left behind at once: ${left.join(', ')}; ${stderr}` : undefined
}
