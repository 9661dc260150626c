import { NpluskError, readError } from '../core/errors.js'
import { readText } from '../core/regular-file.js'

/** A line of a table: a label, in quotation marks where it holds a comma or one of these, and a number. */
const tableLine = /^(?:\s*"((?:[^"]|"")*)"\s*|([^",]*)),([^,]*)$/

const jsonString = /"(?:[^"\\]|\\.)*"/g
/** A number in decimal digits; `Number` takes others too. */
const decimal = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i

/**
 * Reads thresholds by label from a file: a JSON object, `{"label": threshold}`, or a table of two columns,
 * `label,threshold` as CSV, with or without a line of names above it.
 *
 * @throws NpluskError `IO` for a file that cannot be read, `BAD_INPUT` for one of another form, without any threshold
 * or with a label twice
 */
export async function readThresholds(file: string): Promise<Readonly<Record<string, number>>> {
  const bytes = await readText(file).catch((error: unknown) => {
    throw readError(error, file)
  })
  const text = bytes.replace(/^\uFEFF/, '')
  const pairs = text.trimStart().startsWith('{') ? jsonPairs(text, file) : tablePairs(text, file)
  if (pairs.length === 0)
    throw new NpluskError('BAD_INPUT', `${file} holds no threshold; write lines such as "roses",0.4.`)
  const labels = new Set<string>()
  for (const [label] of pairs) {
    if (labels.has(label))
      throw new NpluskError('BAD_INPUT', `${file} has two thresholds for "${label}"; leave one of them out.`)
    labels.add(label)
  }
  return Object.fromEntries(pairs)
}

function jsonPairs(text: string, file: string): [string, number][] {
  const wrong = (cause?: unknown) =>
    new NpluskError('BAD_INPUT', `${file} is no JSON object of labels and numbers; write {"label": 0.4, …}.`, { cause })
  let value: object
  try {
    value = JSON.parse(text) as object
  } catch (cause) {
    throw wrong(cause)
  }
  const thresholds = new Map(Object.entries(value))
  if ([...thresholds.values()].some((threshold) => typeof threshold !== 'number')) throw wrong()
  // Of keys that are there twice, JSON.parse tells one only. Where all values are numbers, all strings are keys.
  const labels = (text.match(jsonString) ?? []).map((key) => JSON.parse(key) as string)
  return labels.map((label) => [label, thresholds.get(label) as number])
}

function tablePairs(text: string, file: string): [string, number][] {
  return text.split(/\r\n|\n|\r/).flatMap((line, i) => {
    if (line.trim() === '') return []
    const [, quoted, plain, number] = tableLine.exec(line) ?? []
    const label = quoted?.replaceAll('""', '"') ?? plain?.trim()
    const isNumber = number !== undefined && decimal.test(number)
    if (i === 0 && label?.toLowerCase() === 'label' && !isNumber) return []
    if (label === undefined || !isNumber) {
      const message = `Line ${i + 1} of ${file} is no label and threshold; write lines such as "roses",0.4.`
      throw new NpluskError('BAD_INPUT', message)
    }
    return [[label, Number(number)] as [string, number]]
  })
}
