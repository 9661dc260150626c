import { stat } from 'node:fs/promises'
import { NpluskError } from '../core/errors.js'

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
