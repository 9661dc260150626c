import { readdirSync } from 'node:fs'
import { cp, mkdir, rm } from 'node:fs/promises'
import { history, loadClassifier, NpluskError } from '../../src/index.js'
import type { Random } from '../../src/math/random.js'
import type { LibraryCall } from '../shared/library-calls.js'
import type { TinyWorld } from '../shared/tiny-world.js'

/** What became of a call that was aborted. */
export interface Aborted {
  readonly outcome: 'aborted' | 'done'
  /** From the abort to the end of the call; 0 where it was done before. */
  readonly milliseconds: number
  /** Processor time of that, over all threads. */
  readonly processorMs: number
  /** What must not be, one sentence each. */
  readonly wrong: readonly string[]
}

/** What calls write beside the bundle where they are done; a file of answers says itself how far it is. */
const outputs = ['extended', 'exported', 'exported.onnx', 'report.html', 'part.safetensors', 'cache']
const unfinished = ['answers.jsonl', 'answers.jsonl.run.json']

/**
 * Aborts a call at a drawn instant or at a drawn progress event, looks at what it left, and puts the world back.
 *
 * @param usualMs how long the call takes
 */
export async function abortOnce(
  world: TinyWorld,
  { name, run }: LibraryCall,
  usualMs: number,
  random: Random,
): Promise<Aborted> {
  const controller = new AbortController()
  let at: { readonly time: number; readonly processor: number } | undefined
  const abort = () => {
    at ??= { time: performance.now(), processor: processorMs() }
    controller.abort()
  }
  const byEvent = random.next() < 0.5 ? 1 + random.integer(20) : undefined
  let events = 0
  const onProgress = () => {
    if (++events === byEvent) abort()
  }
  const timer = byEvent === undefined ? setTimeout(abort, random.next() * usualMs) : undefined
  const wrong: string[] = []
  let outcome: Aborted['outcome'] = 'done'
  try {
    await run(world, { signal: controller.signal, onProgress })
  } catch (error) {
    outcome = 'aborted'
    if (!(error instanceof NpluskError && error.code === 'ABORTED')) wrong.push(`${name} throws ${String(error)}`)
    if (!at) wrong.push(`${name} throws though nothing aborted it`)
  }
  clearTimeout(timer)
  const milliseconds = at ? performance.now() - at.time : 0
  const processor = at ? processorMs() - at.processor : 0
  wrong.push(...(await faultsOf(world)))
  await putBack(world)
  return { outcome, milliseconds, processorMs: processor, wrong }
}

/** Keeps the bundle, to be put back. */
export async function keepBundle({ bundle, path }: TinyWorld): Promise<void> {
  await cp(bundle, path('kept'), { recursive: true })
}

async function putBack({ bundle, path }: TinyWorld): Promise<void> {
  await rm(bundle, { recursive: true })
  await cp(path('kept'), bundle, { recursive: true })
  await rm(path('out'), { recursive: true })
  await mkdir(path('out'))
}

/** The bundle must be whole, with whatever revision, and nothing temporary may lie about. */
async function faultsOf({ common, bundle, path }: TinyWorld): Promise<string[]> {
  const wrong: string[] = []
  try {
    await history({ model: bundle })
    const classifier = await loadClassifier({ ...common, model: bundle })
    try {
      for await (const result of classifier.classify([path('test', 'poppy', '01.jpg')])) {
        if ('error' in result) wrong.push(`The bundle does not answer: ${result.error}`)
      }
    } finally {
      await classifier.close()
    }
  } catch (error) {
    wrong.push(`The bundle is broken: ${String(error)}`)
  }
  const left = readdirSync(path('out')).filter((name) => ![...outputs, ...unfinished].includes(name))
  const temporary = readdirSync(bundle, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmp'))
  const beside = readdirSync(path()).filter((name) => name.startsWith('.'))
  const all = [...left.map((name) => `out/${name}`), ...temporary.map((name) => `bundle/${name}`), ...beside]
  return [...wrong, ...all.map((name) => `${name} is left`)]
}

function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
