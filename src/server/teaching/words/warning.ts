import type { WarningEvent } from '../../../core/progress.js'
import { remedyFor } from './remedies.js'
import { withoutPaths } from './without-paths.js'

/** A warning as the page shows it. */
export interface LessonWarning {
  readonly code: string
  readonly message: string
  readonly remedy?: string
}

/**
 * @param named puts names that the client knows into a text, in the place of paths
 * @returns `undefined` for what cannot be told without a path
 */
export function warningFor(
  { code, message, remedy }: WarningEvent,
  named: (text: string) => string,
): LessonWarning | undefined {
  const shown = withoutPaths(named(message))
  const advice = remedyFor(remedy)
  return shown === undefined ? undefined : { code, message: shown, ...(advice === undefined ? {} : { remedy: advice }) }
}
