import type { WatchedCall } from '../core/collect-warnings.js'
import { checkReportFile } from '../core/report-options.js'
import { checkLogFolder } from '../tensorboard/training-folder.js'
import type { FullOptions } from '../training/extend-options.js'
import { afterBundle } from './after-bundle.js'
import type { ExtensionFiles } from './extend-result.js'
import type { Extended } from './extension-report.js'

/** What is to be written beside a bundle. */
type Wanted = Pick<FullOptions, 'add' | 'report' | 'tensorboard'>

/**
 * Refuses files that cannot be written, before anything is computed.
 *
 * @throws NpluskError as `checkReportFile` and `checkLogFolder`
 */
export async function checkExtensionFiles({ report, tensorboard }: Wanted): Promise<void> {
  if (report) await checkReportFile(report.file)
  if (tensorboard !== undefined) await checkLogFolder(tensorboard)
}

/**
 * Writes the event files and the report of an extension, once its bundle is written.
 *
 * @param lap is told when each is done
 * @returns those that could not be written; warnings say why
 * @throws NpluskError `ABORTED`
 */
export async function writeExtensionFiles(
  extended: Extended,
  { report, tensorboard, add, out, name }: Wanted & { readonly out: string; readonly name: string },
  call: WatchedCall,
  lap: (part: string) => void,
): Promise<ExtensionFiles[]> {
  const unwritten: ExtensionFiles[] = []
  if (tensorboard !== undefined) {
    const log = async () => {
      const { logExtension } = await import('./extension-log.js')
      await logExtension(tensorboard, name, extended, call)
    }
    if (!(await afterBundle(out, 'its event files', log, call))) unwritten.push('tensorboard')
    lap('log')
  }
  if (report) {
    const write = async () => {
      const { writeExtensionReport } = await import('./extension-report.js')
      await writeExtensionReport(report, extended, { ...call, out, add })
    }
    if (!(await afterBundle(out, 'its report', write, call))) unwritten.push('report')
    lap('report')
  }
  return unwritten
}
