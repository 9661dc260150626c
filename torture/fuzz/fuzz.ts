import { createRandom, type Random } from '../../src/math/random.js'
import type { Coverage } from './coverage.js'
import { faultOf, kindOf } from './judge.js'
import type { Finding, Target } from './target.js'

/** Inputs between two looks at what has run. */
const roundSize = 64
/** Larger inputs would only make everything slower. */
const largestInput = 2 ** 20
const mostInputs = 4000

export interface FuzzOptions {
  readonly count: number
  readonly seed: number | string
  readonly folder: string
  readonly signal?: AbortSignal
  /** Guides the choice of inputs; without it they are all made of the seeds. */
  readonly coverage?: Coverage
  /** Told of every input before it is read. */
  readonly onInput?: (input: Uint8Array) => void
  /** Told after every round how many inputs have been read; says what else is wrong by now. */
  readonly onRound?: (tried: number) => Promise<string | undefined>
}

export interface Fuzzed {
  readonly tried: number
  readonly findings: readonly Finding[]
  /** Inputs that made something run that had not run before. */
  readonly kept: number
}

/**
 * Reads mutated inputs. Those in whose course something runs that did not run before are kept, and mutated further; the
 * same seed makes the same inputs.
 */
export async function fuzz(target: Target, options: FuzzOptions): Promise<Fuzzed> {
  const { count, seed, folder, signal, coverage, onInput, onRound } = options
  const random = createRandom(`${target.name}:${seed}`)
  const findings = new Map<string, Finding>()
  const corpus = [...(await target.seeds())]
  const seeds = corpus.length
  const opened = await target.open(folder)
  const note = (what: string | undefined, input: Uint8Array) => {
    const known = what === undefined ? undefined : findings.get(kindOf(what))
    if (what !== undefined && !(known && known.input.length <= input.length))
      findings.set(kindOf(what), { what, input })
  }
  const read = async (input: Uint8Array) => {
    onInput?.(input)
    note(await faultOf(() => opened.run(input.slice())), input)
  }
  let tried = 0
  try {
    for (const input of corpus) await read(input)
    if (coverage) (await coverage.look()).keep()
    while (tried < count && !signal?.aborted) {
      const round = Array.from({ length: Math.min(roundSize, count - tried) }, () => mutant(target, corpus, random))
      for (const input of round) await read(input)
      tried += round.length
      if (coverage) await keepNew(coverage, round)
      note(await onRound?.(tried), round.at(-1)!)
    }
  } finally {
    await opened.close?.()
  }
  return { tried, findings: [...findings.values()], kept: corpus.length - seeds }

  /** Which inputs of a round made something new run shows when they run one by one. */
  async function keepNew(coverage: Coverage, round: readonly Uint8Array[]): Promise<void> {
    const together = await coverage.look()
    if (!together.isNew) return
    for (const input of round) {
      await read(input)
      const alone = await coverage.look()
      if (alone.isNew && corpus.length < mostInputs) corpus.push(input)
      alone.keep()
    }
    // What does not run again, such as what is done once, is known all the same.
    together.keep()
  }
}

/** A few changes, mostly one or two, to one of the corpus; late ones more often, as they lead furthest. */
function mutant({ mutate }: Target, corpus: readonly Uint8Array[], random: Random): Uint8Array {
  const any = () => corpus[random.integer(corpus.length)]!
  let input = random.next() < 0.3 ? corpus[corpus.length - 1 - random.integer(Math.min(20, corpus.length))]! : any()
  do input = mutate(input, random, any())
  while (random.next() < 0.4)
  return input.subarray(0, largestInput)
}
