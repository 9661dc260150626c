import type { History } from '../../workflow/history.js'

/** A history without what tells of the machine: the bundle's folder, and commands with their paths. */
export function historyDocument({ revisions, keep }: History, model: string) {
  return { model, revisions: revisions.map(({ command: _, ...shown }) => shown), keep }
}

/** The history of a model that was taught nothing yet. */
export function emptyHistory(model: string) {
  return { model, revisions: [], keep: 0 }
}
