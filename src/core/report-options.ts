import { open } from 'node:fs/promises'
import { NpluskError } from './errors.js'
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
 * @throws NpluskError `BAD_INPUT` where the report's file is a folder, a device or a pipe, or a file that is no page:
 *   an earlier report is replaced, a photograph is not
 */
export async function checkReportFile(file: string): Promise<void> {
  await checkWrittenFile(file, 'the report')
  const start = await startOf(file)
  if (start === '' || /^\s*<(!doctype html|html)/i.test(start)) return
  throw new NpluskError('BAD_INPUT', `${file} is there already and is no report; give the report another name.`)
}

/** The first characters of a file; none where it is empty, missing or cannot be read. */
async function startOf(file: string): Promise<string> {
  const handle = await open(file, 'r').catch(() => undefined)
  if (handle === undefined) return ''
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0)
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await handle.close()
  }
}
