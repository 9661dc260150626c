import type { Stage } from '../../core/progress.js'
import { displayWidth } from '../terminal/display-width.js'
import type { OutputStream } from '../environment.js'
import { duration } from '../format.js'
import { show } from '../terminal/screen.js'
import type { Style } from '../style.js'
import type { MeasuredProgress } from './measure.js'
import type { RedrawnLine, StartLine } from './redrawn-line.js'
import type { StageView } from './stage-view.js'
import { amountOf, learningOf, rateOf, shortLearningOf, stageNames, timeLeftOf } from './words.js'

const nameWidth = Math.max(...Object.values(stageNames).map((name) => name.length))
const barWidth = 24

interface Terminal {
  readonly stream: OutputStream
  readonly style: Style
  /** Columns. */
  readonly width: number
  /** A clock, in milliseconds. */
  readonly now: () => number
}

/** Redraws one line while a stage lasts, and leaves one when it has ended. */
export function terminalLine({ stream, style, width, now }: Terminal, startLine: StartLine): StageView {
  let line: RedrawnLine | undefined
  let latest: (MeasuredProgress & { readonly at: number }) | undefined
  const interrupt = () => {
    line?.stop()
    line = undefined
  }
  return {
    report(event) {
      const { stage, done, total } = event
      // The runtime continues afterwards, so the line stays until there is something else to show.
      if (stage === 'load' && done === total) return
      if (latest?.stage !== stage) interrupt()
      latest = { ...event, at: now() }
      line ??= startLine(stream, () => drawn(latest!))
      if (done !== total) return
      interrupt()
      show(stream, `${ended(event)}\n`)
    },
    interrupt,
  }

  function drawn(event: MeasuredProgress & { readonly at: number }): string {
    const name = `  ${padded(event.stage)}`
    if (event.total !== undefined && event.total <= 1) {
      const seconds = event.seconds + (now() - event.at) / 1000
      return fitting([
        seconds < 1 ? name.trimEnd() : `${name}  ${style.faint(`${Math.floor(seconds)} s`)}`,
        name.trimEnd(),
      ])
    }
    const bar = event.total === undefined ? [] : [barOf(event.done / event.total)]
    const amount = amountOf(event)
    const details = [rateOf(event), learningOf(event), timeLeftOf(event)]
    const [rate, learning, left] = details.map((text) => text && style.faint(text))
    const share = left && `${Math.floor((100 * event.done) / event.total!)}%`
    const short = style.faint(shortLearningOf(event))
    return fitting(
      [
        [name, ...bar, amount, rate, learning, left],
        // What learns is looked at for hours, and by its loss.
        ...(learning
          ? [
              [name, amount, rate, learning, left],
              [name.trimEnd(), share, learning, left],
              [name.trimEnd(), share, short, left],
              [name.trimEnd(), share, short],
            ]
          : []),
        [name, ...bar, amount, rate, left],
        [name, amount, rate, left],
        [name.trimEnd(), amount, left],
        ...(left ? [[name.trimEnd(), share, left]] : []),
        [name.trimEnd(), amount],
        [name.trimEnd()],
      ].map((parts) => parts.filter(Boolean).join('  ')),
    )
  }

  function ended(event: MeasuredProgress): string {
    const time = duration(event.seconds)
    const details = event.total === 1 ? [time] : [amountOf(event), time].filter(Boolean)
    const name = stageNames[event.stage]
    return fitting([
      `${style.good('✓')} ${padded(event.stage)}  ${style.faint(details.join('  '))}`,
      `${style.good('✓')} ${name}  ${style.faint(time)}`,
      `${style.good('✓')} ${name}`,
    ])
  }

  /** The first candidate that fits the terminal: a line that is too long cannot be redrawn. */
  function fitting(lines: readonly string[]): string {
    return lines.find((text) => displayWidth(text) < width) ?? lines.at(-1)!
  }
}

function padded(stage: Stage): string {
  return stageNames[stage].padEnd(nameWidth)
}

function barOf(share: number): string {
  const full = Math.round(barWidth * share)
  return '█'.repeat(full) + '░'.repeat(barWidth - full)
}
