import { cpuInstead, type OnProgress, type ProgressEvent, type Stage } from '../core/progress.js'
import { displayWidth } from './display-width.js'
import { isAnimated, isColoured, widthOf, type Environment } from './environment.js'
import { bytes, duration } from './format.js'
import type { DrawLine, ProgressBar, StartBar } from './progress-bar.js'
import { sentenceOf } from './remedies.js'
import { styleOf } from './style.js'
import { wrap } from './wrap.js'

type StageProgress = Extract<ProgressEvent, { type: 'progress' }>

/** Shows the progress of a call on the standard error stream. */
export interface ProgressReporter {
  readonly onProgress: OnProgress
  /** Ends the line, if any. */
  close(): void
}

const stageNames: Record<Stage, string> = {
  load: 'Loading the model',
  download: 'Downloading',
  convert: 'Converting the model',
  extract: 'Reading images',
  rehearse: 'Reading old images',
  train: 'Training',
  merge: 'Merging the heads',
  export: 'Writing the export',
  verify: 'Checking the model',
  predict: 'Predicting',
  evaluate: 'Evaluating',
  report: 'Writing the report',
  'write-part': 'Writing features',
  'read-parts': 'Taking in features',
}

const nameWidth = Math.max(...Object.values(stageNames).map((name) => name.length))

/** A bar on a terminal, a line per stage elsewhere, nothing with `--quiet`; warnings and remarks with `--verbose`. */
export async function progressReporter(
  { stderr, variables }: Pick<Environment, 'stderr' | 'variables'>,
  { quiet, verbose }: { readonly quiet: boolean; readonly verbose: boolean },
): Promise<ProgressReporter> {
  if (quiet) return { onProgress: () => undefined, close: () => undefined }
  const style = styleOf(isColoured(stderr, variables))
  const width = widthOf(stderr, variables)
  const write = (line: string) => stderr.write(`${line}\n`)
  const stages = isAnimated(stderr, variables)
    ? animatedStages((await import('./progress-bar.js')).startBar)
    : plainStages()

  return {
    onProgress(event) {
      if (event.type === 'progress') return stages.report(event)
      // Other warnings are repeated in the result.
      if (!verbose && !(event.type === 'warning' && event.code === cpuInstead)) return
      stages.interrupt()
      const line = event.type === 'warning' ? style.caution(`warning: ${sentenceOf(event)}`) : event.message
      write(wrap(line, width, 2))
    },
    close: () => stages.interrupt(),
  }

  function plainStages() {
    const begun = new Set<Stage>()
    return {
      report({ stage }: StageProgress) {
        if (!begun.has(stage)) write(stageNames[stage])
        begun.add(stage)
      },
      interrupt: () => undefined,
    }
  }

  function animatedStages(startBar: StartBar) {
    let current: { readonly stage: Stage; readonly started: number; readonly bar: ProgressBar } | undefined
    const interrupt = () => {
      current?.bar.stop()
      current = undefined
    }
    return {
      report(event: StageProgress) {
        const { stage, done, total } = event
        // The runtime continues afterwards, so the line stays until there is something else to show.
        if (stage === 'load' && done === total) return
        if (current?.stage !== stage) {
          interrupt()
          current = {
            stage,
            started: performance.now(),
            bar: startBar(stderr, total, (state) => drawLine(event, state)),
          }
        }
        current.bar.update(done)
        if (done < total) return
        const seconds = (performance.now() - current.started) / 1000
        interrupt()
        const amount = total > 1 ? amountOf(total, event) : ''
        const name = stageNames[stage]
        const details = [amount, duration(seconds)].filter(Boolean)
        write(
          fitting([
            `${style.good('✓')} ${name.padEnd(nameWidth)}  ${style.faint(details.join('  '))}`,
            `${style.good('✓')} ${name}  ${style.faint(details.at(-1)!)}`,
            `${style.good('✓')} ${name}`,
          ]),
        )
      },
      interrupt,
    }
  }

  function drawLine(event: StageProgress, { done, filled, secondsLeft }: Parameters<DrawLine>[0]): string {
    const name = `  ${stageNames[event.stage].padEnd(nameWidth)}`
    if (event.total <= 1) return name.trimEnd()
    const left = secondsLeft === undefined ? '' : `  ${duration(secondsLeft)} left`
    const amount = amountOf(done, event, event.total)
    return fitting([
      `${name}  ${filled}  ${amount}${style.faint(left)}`,
      `${name}  ${filled}  ${amount}`,
      `${name.trimEnd()}  ${amount}`,
      name.trimEnd(),
    ])
  }

  /** The first candidate that fits the terminal: a line that is too long cannot be redrawn. */
  function fitting(lines: readonly string[]): string {
    return lines.find((line) => displayWidth(line) < width) ?? lines.at(-1)!
  }
}

function amountOf(done: number, { unit }: StageProgress, total?: number): string {
  if (unit === 'bytes') return total === undefined ? bytes(done) : `${bytes(done)} of ${bytes(total)}`
  return `${total === undefined ? done : `${done} of ${total}`} ${unit}`
}
