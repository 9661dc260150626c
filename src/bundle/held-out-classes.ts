import type { HeldOutClassRecord, TrainingRecord } from './manifest.js'

/**
 * Held-out figures of a bundle's added classes. Those of fine-tuned classes are from their fine-tuning once others were
 * added, as these are measured without them.
 */
export function heldOutClasses({ heldOut, fineTuning }: TrainingRecord): HeldOutClassRecord[] {
  const now = heldOut?.perClass ?? []
  const labels = new Set(now.map(({ label }) => label))
  const tuned = fineTuning?.alone.heldOut?.perClass ?? []
  return [...tuned.filter(({ label }) => !labels.has(label)), ...now]
}
