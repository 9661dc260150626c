import { checkWrittenFile } from './written-file.js'

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
 * @throws NpluskError `BAD_INPUT` where the report's file is a folder, a device or a pipe, or holds something else
 */
export async function checkReportFile(file: string): Promise<void> {
  await checkWrittenFile(file, 'the report', (start) => /^<!doctype html/i.test(start.toString('latin1')))
}
