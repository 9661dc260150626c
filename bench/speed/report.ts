import { join } from 'node:path'
import { writeFileAtomic } from '../../src/core/atomic-write.js'
import { machineName, type Machine } from '../shared/machine.js'
import { markdown, type Table } from '../shared/table.js'
import { isMet, targets } from './targets.js'

export type SpeedFigures = Readonly<Record<string, number>>

/** Figures with a target first, in the targets' order, then what else was measured. */
export function figureTable(figures: SpeedFigures): Table {
  const wanted = targets.filter(({ figure }) => figure in figures)
  const others = Object.keys(figures).filter((name) => !targets.some(({ figure }) => figure === name))
  return {
    title: 'Speed',
    columns: ['figure', 'measured', 'wanted', 'met', 'what it is'],
    rows: [
      ...wanted.map((target) => {
        const { figure, meaning, least, most } = target
        const value = figures[figure]!
        const limit = least === undefined ? `≤ ${most}` : `≥ ${least}`
        return [figure, rounded(value), limit, isMet(target, value) ? 'yes' : 'NO', meaning]
      }),
      ...others.map((name) => [name, rounded(figures[name]!), '', '', '']),
    ],
  }
}

/**
 * Writes the report as JSON, and as Markdown beside it.
 *
 * @returns the path of the JSON file
 */
export async function writeReport(
  folder: string,
  report: {
    readonly command: string
    readonly date: string
    readonly machine: Machine
    readonly figures: SpeedFigures
  },
): Promise<string> {
  const { command, date, machine, figures } = report
  const name = `speed-${machineName(machine)}-${date}`
  const file = join(folder, `${name}.json`)
  await writeFileAtomic(file, `${JSON.stringify(report, null, 2)}\n`)
  const about = `\`${command}\` on ${date}; ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}, ONNX Runtime ${machine.onnxruntime}.`
  await writeFileAtomic(join(folder, `${name}.md`), `${about}\n\n${markdown(figureTable(figures))}`)
  return file
}

function rounded(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
