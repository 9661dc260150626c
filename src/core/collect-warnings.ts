import type { CallOptions, Warn } from './progress.js'

/** A call's options, with a listener that also keeps the warnings. */
export interface WatchedCall extends CallOptions {
  readonly warn: Warn
  /** The messages of the warnings so far. */
  readonly warnings: readonly string[]
}

export function collectWarnings({ signal, onProgress }: CallOptions): WatchedCall {
  const warnings: string[] = []
  const listen: CallOptions['onProgress'] = (event) => {
    if (event.type === 'warning' && !event.isUrgent) warnings.push(event.message)
    onProgress?.(event)
  }
  const warn: Warn = (code, message, remedy) => listen({ type: 'warning', code, message, remedy })
  return { signal, onProgress: listen, warn, warnings }
}
