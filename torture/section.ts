/** A family of attacks on the program, which run by themselves: `npm run torture -- --only NAME`. */
export interface Section {
  readonly name: string
  /** What is attacked and how, in one sentence. */
  readonly what: string
  /** Attempts of a full run. */
  readonly count: number
  run(task: Task): Promise<Outcome>
}

/** What a section is asked for. */
export interface Task {
  /** Attempts; a section of several targets says in its outcome what they were of. */
  readonly count: number
  /** The same seed makes the same attempts. */
  readonly seed: number
  /** Only cases that match it are tried, by sections that tell cases apart by name. @default all */
  readonly only?: RegExp | undefined
  readonly signal: AbortSignal
  /** Tells on stderr what is being done. */
  say(what: string): void
}

export interface Outcome {
  /** Attempts made. */
  readonly tried: number
  readonly faults: readonly Fault[]
  /** What else was measured, by name: times, sizes, numbers of this and that. */
  readonly figures: Readonly<Record<string, number>>
  /** Why something was not tried, one sentence each. @default nothing was left out */
  readonly skipped?: readonly string[]
}

/** An attack that succeeded. */
export interface Fault {
  /** What repeats it alone: the seed of the attempt, or a name of the case. */
  readonly case: string
  /** What happened that must not, in one sentence. */
  readonly what: string
}
