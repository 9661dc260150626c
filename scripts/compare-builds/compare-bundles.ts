import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { join } from 'node:path'
import type { Step } from './steps.js'

/**
 * What two builds wrote the same and what not, as a table, and whether each `model.onnx` has the same bytes.
 *
 * @param first where `runSteps` put the files of one build; `second` those of the other
 */
export async function compareBundles(
  steps: readonly Pick<Step, 'subject' | 'name'>[],
  first: string,
  second: string,
): Promise<{ isSame: boolean; table: string[] }> {
  const both = (number: number, file: string) =>
    Promise.all([first, second].map((folder) => readFile(join(folder, `${number}`, file))))
  const rows: string[][] = [['', '', 'model.onnx', 'bundle.json']]
  let isSame = true
  for (const [number, { subject, name }] of steps.entries()) {
    const [model, other] = await both(number, 'model.onnx')
    const isSameModel = model!.equals(other!)
    isSame &&= isSameModel
    const [manifest, otherManifest] = await both(number, 'bundle.json')
    rows.push([subject, name, isSameModel ? 'same' : 'DIFFERS', manifestVerdict(manifest!, otherManifest!)])
  }
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  '))
  return { isSame, table: lines.map((line) => line.trimEnd()) }
}

function manifestVerdict(one: Buffer, other: Buffer): string {
  if (one.equals(other)) return 'same'
  const [a, b] = [one, other].map((bytes) => JSON.parse(bytes.toString()) as Record<string, unknown>)
  const keys = [...new Set([...Object.keys(a!), ...Object.keys(b!)])]
  const differing = keys.filter((key) => !isDeepStrictEqual(a![key], b![key]))
  return `differs in ${differing.length > 0 ? differing.join(', ') : 'its spelling'}`
}
