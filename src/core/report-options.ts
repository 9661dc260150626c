import { stat } from 'node:fs/promises'
import { NpluskError } from './errors.js'

/** Where a report goes, and what only its caller can say. */
export interface ReportOptions {
  readonly file: string
  /** What was typed to make it. */
  readonly command?: string
  /** How to reject at the rate that the report shows, in a sentence. */
  readonly rejectHint?: string
}

/**
 * Says early what would fail late.
 *
 * @throws NpluskError `BAD_INPUT` where the report's file is a folder
 */
export async function checkReportFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isDirectory()) {
    throw new NpluskError('BAD_INPUT', `${file} is a folder, and the report a file; give the name of a file in it.`)
  }
}
