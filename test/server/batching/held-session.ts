import type { PlainTensor, Session } from '../../../src/runtime/session.js'

/** A real session whose runs wait until they are let go. */
export interface HeldSession extends Session {
  /** Images of each run that was asked for. */
  readonly batches: readonly number[]
  /** Lets the oldest run that waits go, once there is one. */
  release(): Promise<void>
}

export function holdRuns(session: Session, provider = session.provider): HeldSession {
  const batches: number[] = []
  const held: (() => void)[] = []
  let onHeld: (() => void) | undefined
  return {
    provider,
    batches,
    async run(inputs: Readonly<Record<string, PlainTensor>>, outputs: readonly string[]) {
      batches.push(Object.values(inputs)[0]!.dims[0]!)
      await new Promise<void>((resolve) => {
        held.push(resolve)
        onHeld?.()
      })
      return session.run(inputs, outputs)
    },
    async release() {
      if (held.length === 0) await new Promise<void>((resolve) => (onHeld = resolve))
      held.shift()!()
    },
    close: () => session.close(),
    [Symbol.asyncDispose]: () => session.close(),
  }
}
