import { join } from 'node:path'
import { writeFileAtomic } from '../../src/core/atomic-write.js'
import { machineName, type Machine } from '../shared/machine.js'
import type { SectionResult } from './section.js'
import { markdown } from '../shared/table.js'

export interface Report {
  readonly command: string
  readonly date: string
  readonly machine: Machine
  readonly versions: Readonly<Record<string, string>>
  readonly seeds: Readonly<Record<string, unknown>>
  readonly data: Readonly<Record<string, number>>
  readonly sections: Readonly<Record<string, SectionResult>>
}

/** The report for people. */
export function reportText({ command, date, machine, data, sections }: Report): string {
  const counts = Object.entries(data).map(([name, count]) => `${name} ${count}`)
  return [
    '# Accuracy',
    '',
    `\`${command}\` on ${date}; ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}, ONNX Runtime ${machine.onnxruntime}.`,
    `Images: ${counts.join(', ')}.`,
    '',
    ...Object.values(sections).flatMap(({ tables }) => tables.map(markdown)),
  ].join('\n')
}

/**
 * Writes the report as JSON, and as Markdown beside it.
 *
 * @returns the path of the JSON file
 */
export async function writeReport(folder: string, report: Report): Promise<string> {
  const name = `accuracy-${machineName(report.machine)}-${report.date}`
  const figures = Object.fromEntries(Object.entries(report.sections).map(([section, one]) => [section, one.figures]))
  const file = join(folder, `${name}.json`)
  await writeFileAtomic(file, `${JSON.stringify({ ...report, sections: figures }, null, 2)}\n`)
  await writeFileAtomic(join(folder, `${name}.md`), reportText(report))
  return file
}
