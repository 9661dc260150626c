import type { ProgressEvent } from '../../core/progress.js'
import { isAnimated, isColoured, widthOf, type Environment } from '../environment.js'
import { printable } from '../format.js'
import { sentenceOf } from '../remedies.js'
import { show, showJson } from '../terminal/screen.js'
import { styleOf } from '../style.js'
import { wrap } from '../wrap.js'
import { jsonLines } from './json-lines.js'
import { stageMeter, type StageProgress } from './measure.js'
import { plainLines } from './plain-lines.js'
import type { StageView } from './stage-view.js'
import { terminalLine } from './terminal-line.js'

export type ReportedEvent = Exclude<ProgressEvent, { type: 'progress' }> | StageProgress

/** Shows the progress of a call on the standard error stream. */
export interface ProgressReporter {
  readonly onProgress: (event: ReportedEvent) => void
  /** Ends the line, if any. */
  close(): void
}

export interface ReporterOptions {
  readonly quiet: boolean
  readonly verbose: boolean
  /** One JSON object a line, in place of what people read. */
  readonly json?: boolean
  /** A clock, in milliseconds. */
  readonly now?: () => number
}

/**
 * A line that is redrawn on a terminal, a line now and then elsewhere, JSON if wanted, nothing with `--quiet`; warnings
 * and remarks with `--verbose` and in JSON.
 */
export async function progressReporter(
  { stderr, variables }: Pick<Environment, 'stderr' | 'variables'>,
  { quiet, verbose, json = false, now = () => performance.now() }: ReporterOptions,
): Promise<ProgressReporter> {
  if (quiet) return { onProgress: () => undefined, close: () => undefined }
  const style = styleOf(isColoured(stderr, variables))
  const width = widthOf(stderr, variables)
  const write = (line: string) => show(stderr, `${line}\n`)
  const view = await viewOf()
  const measure = stageMeter(now)

  return {
    onProgress(event) {
      if (event.type === 'progress') return view.report(measure(event))
      if (json) return showJson(stderr, inJson(event))
      // Other warnings are in the result, or shown by the command (`withWarnings`).
      if (!verbose && !event.isUrgent) return
      view.interrupt()
      const line =
        event.type === 'warning' ? style.caution(`warning: ${printable(sentenceOf(event))}`) : printable(event.message)
      write(wrap(line, width, 2))
    },
    close: () => view.interrupt(),
  }

  async function viewOf(): Promise<StageView> {
    if (json) return jsonLines((line) => showJson(stderr, line))
    if (!isAnimated(stderr, variables)) return plainLines(write)
    const { startLine } = await import('./redrawn-line.js')
    return terminalLine({ stream: stderr, style, width, now }, startLine)
  }
}

function inJson(event: Exclude<ReportedEvent, StageProgress>): object {
  return event.type === 'warning'
    ? { type: event.type, code: event.code, message: sentenceOf(event) }
    : { type: event.type, message: event.message }
}
