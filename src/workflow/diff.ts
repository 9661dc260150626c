import { changesBetween, type Changes } from '../bundle/changes.js'
import { heldOutChanges, type ClassChange } from '../bundle/held-out-changes.js'
import { findState, type BundleState, type FoundState } from '../bundle/history/find-state.js'
import { summaryOf, type HeldOutSummary } from '../bundle/history/record.js'
import { addedCount } from '../bundle/manifest.js'
import { collectWarnings } from '../core/collect-warnings.js'
import type { ReportOptions } from '../core/report-options.js'
import { afterResult } from './after-result.js'
import { compareAnswers, type ComparedAnswers, type CompareOptions } from './compare-answers.js'

export interface DiffOptions extends CompareOptions {
  readonly before: BundleState
  readonly after: BundleState
}

/** One of the two states that are compared. */
export interface ComparedState {
  readonly bundle: string
  readonly revision: number
  readonly base: string
  readonly classes: { readonly base: number; readonly added: number; readonly total: number }
  /** Figures on held-out images; `null` where they are not known. */
  readonly heldOut: HeldOutSummary | null
}

export interface Difference {
  readonly before: ComparedState
  readonly after: ComparedState
  /** Classes and increments that only one of them has, or that differ. */
  readonly changes: Changes
  /** Held-out accuracy of the added classes that both have, in the order of the second one's columns. */
  readonly perClass: readonly ClassChange[]
  /** `null` without a folder. */
  readonly answers: ComparedAnswers | null
  /** The report, where it was asked for and could not be written; the warnings of `answers` say why. */
  readonly unwritten?: readonly 'report'[]
}

/**
 * Compares two bundles, or two revisions of one: their classes, their held-out figures, and, on images, their answers.
 *
 * @throws NpluskError `NOT_FOUND` when there is no such bundle, or it does not keep the revision; `BAD_INPUT` for a
 * folder without images, or where none can be read; `USAGE` for a report without a folder; `BAD_BUNDLE`,
 * `DEVICE_UNAVAILABLE`, `IO`, `ABORTED`
 */
export async function diffBundles(options: DiffOptions): Promise<Difference> {
  const before = await findState(options.before)
  const after = await findState(options.after)
  const changes = changesBetween(before.manifest.increments, after.manifest.increments)
  const difference = {
    before: describe(before),
    after: describe(after),
    changes,
    perClass: heldOutChanges(before.manifest, after.manifest),
  }
  const answers = await compareAnswers(before, after, options)
  const { report } = options
  if (!report || !answers) return { ...difference, answers }
  const late = collectWarnings(options)
  const write = () => writeReport(report, { ...difference, answers }, options)
  if (await afterResult('The answers are compared, but the report', write, late)) return { ...difference, answers }
  const warnings = [...answers.warnings, ...late.warnings]
  return { ...difference, answers: { ...answers, warnings }, unwritten: ['report'] }
}

/** Writes the page; what it needs is loaded only here. */
async function writeReport(
  { file, command }: ReportOptions,
  { before, after, changes, perClass, answers }: Difference & { readonly answers: ComparedAnswers },
  options: DiffOptions,
): Promise<void> {
  const { writeDiffReport } = await import('../report/diff-report.js')
  const { versions } = await import('./versions.js')
  const names = [before, after].map(({ bundle, revision }) => `${bundle}, revision ${revision}`)
  const bases = [...new Set([before.base, after.base])].join(' and ')
  const made = { model: names.join('; '), base: bases, increments: [], folders: [options.folder!] }
  const report = { names: [names[0]!, names[1]!] as const, answers, changes, perClass }
  await writeDiffReport(file, { ...report, made: { ...made, versions: await versions(), command } }, options)
}

function describe({ folder, manifest }: FoundState): ComparedState {
  return {
    bundle: folder,
    revision: manifest.revision,
    base: manifest.base.name,
    classes: { base: manifest.base.classes.length, ...addedCount(manifest) },
    heldOut: summaryOf(manifest),
  }
}
