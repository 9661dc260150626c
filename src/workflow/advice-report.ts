import type { Advice } from '../advice/advice.js'
import type { AdviceStep } from '../advice/steps.js'
import type { Manifest } from '../bundle/manifest.js'
import type { CallOptions } from '../core/progress.js'
import type { ReportOptions } from '../core/report-options.js'
import { writeAdviceReport } from '../report/advice/advice-report.js'
import { madeOf } from './made-of.js'

/** Where a report on advice goes, and what only its caller can say. */
export interface AdviceReportOptions extends Pick<ReportOptions, 'file' | 'command'> {
  /** A step of the advice in words, with what to do about it. @default its message */
  readonly sentence?: (step: AdviceStep) => string
}

/**
 * Writes the report of an advice.
 *
 * @param model as the caller named it
 * @param manifest of the bundle; `undefined` for a base model
 */
export async function reportAdvice(
  { file, command, sentence }: AdviceReportOptions,
  advice: Advice,
  {
    model,
    test,
    manifest,
    ...call
  }: CallOptions & {
    readonly model: string
    readonly test: string | undefined
    readonly manifest: Manifest | undefined
  },
): Promise<void> {
  const folders = test === undefined ? [advice.folder] : [advice.folder, test]
  const made = await madeOf({ model, folders, command }, manifest)
  await writeAdviceReport(file, { advice, made, sentence }, call)
}
