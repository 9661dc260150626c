/** Where a report goes, and what only its caller can say. */
export interface ReportOptions {
  readonly file: string
  /** What was typed to make it. */
  readonly command?: string
  /** How to reject at the rate that the report shows, in a sentence. */
  readonly rejectHint?: string
}
