import { NpluskError } from '../../core/errors.js'

/** Fields that hold class names, in JSON files that hold other things too. */
const fields = ['id2label', 'labels', 'classes', 'class_names', 'label_names', 'names', 'label2id', 'class_to_idx']

/**
 * Parses a file of class names, in column order: JSON in any form that `namesInJson` takes, also under one of `fields`,
 * a dictionary or list as Python prints it, or text with one name a line. Lines before the
 * first name that begin with `# ` are comments.
 *
 * @param file named in errors
 * @returns `undefined` for JSON without class names
 * @throws NpluskError `BAD_INPUT` for damaged JSON in a file that is called so
 */
export function namesInFile(text: string, file: string): string[] | undefined {
  const content = text.replace(/^\uFEFF/, '').trim()
  const isJson = /\.json$/i.test(file)
  if (isJson || /^[[{]/.test(content)) {
    try {
      const value: unknown = JSON.parse(content)
      return namesInJson(value) ?? firstField(value)
    } catch (cause) {
      if (isJson) throw badJson(file, cause)
    }
  }
  const names = content.replace(/^(# .*(\r\n|\r|\n|$)\s*)+/, '')
  return namesInPython(names) ?? namesInLines(names)
}

function firstField(value: unknown): string[] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  for (const field of fields) {
    const names = namesInJson((value as Record<string, unknown>)[field])
    if (names) return names
  }
  return undefined
}

/**
 * Class names in JSON: a list, `{"0": "tench"}`, or `{"tench": 0}`; a name may also be a list of a WordNet id and names
 * (`imagenet_class_index.json`).
 *
 * @returns `undefined` where it is none of these, or has gaps
 */
export function namesInJson(value: unknown): string[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const entries: (readonly [string, unknown])[] = Object.entries(value)
  const isInverted = !Array.isArray(value) && entries.every(([, index]) => typeof index === 'number')
  const names = new Array<string>(entries.length)
  for (const [key, content] of entries) {
    const index = Number(isInverted ? content : key)
    const name = isInverted ? key : nameIn(content)
    if (!Number.isInteger(index) || index < 0 || index >= names.length || name === undefined) return undefined
    names[index] = name
  }
  return names.length > 0 && Object.keys(names).length === names.length ? names : undefined
}

function nameIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return Array.isArray(value) && value.length > 0 && value.every((part) => typeof part === 'string')
    ? value.join(' ')
    : undefined
}

/** The most characters of a metadata field that names are looked for in. */
const mostText = 2 ** 20

/**
 * Class names in a metadata field: JSON, a dictionary or list as Python prints it, or names separated by commas or line
 * breaks. The field is whatever a model from somewhere holds, so all of it is read once, from its start to its end.
 */
export function namesInText(text: string): string[] | undefined {
  if (text.length > mostText) return undefined
  try {
    return namesInJson(JSON.parse(text))
  } catch {
    // Not JSON: one of the other forms.
  }
  return namesInPython(text.trim()) ?? namesInList(text, text.includes('\n') ? /\r?\n/ : ',')
}

/**
 * Class names in a dictionary or list as Python prints it.
 *
 * @returns `undefined` for what is neither
 */
function namesInPython(content: string): string[] | undefined {
  if (content.startsWith('{')) {
    const entries = [...stringsIn(content)].flatMap(({ before, string }) => {
      const key = keyAtEnd.exec(before)?.[1]
      return key === undefined ? [] : [[key, string] as const]
    })
    return namesInJson(Object.fromEntries(entries))
  }
  if (/^[[(]/.test(content) && /[\])]$/.test(content)) {
    return namesInJson(Array.from(stringsIn(content), ({ string }) => string))
  }
  return undefined
}

/** A key of a dictionary, and the colon behind it. */
const keyAtEnd = /(?<!\d)(\d{1,9})\s*:\s*$/

/** The quoted strings of a text as they are written, each with what stands between it and the one before. */
function* stringsIn(text: string): Generator<{ readonly before: string; readonly string: string }, void, void> {
  let end = 0
  let start: number | undefined
  for (const { 0: mark, index } of text.matchAll(/\\[^]|['"]/g)) {
    if (start === undefined) {
      if (mark.length === 1) start = index
    } else if (mark === text[start]) {
      yield { before: text.slice(end, start), string: text.slice(start + 1, index) }
      end = index + 1
      start = undefined
    }
  }
}

function namesInList(text: string, separator: RegExp | string): string[] {
  return text
    .split(separator)
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

/**
 * Class names in a text file, one a line, or all in one line separated by commas. Numbers in front of the names,
 * counted from 0 or 1, are dropped, unless most names are the same without them, as in `1 star`, `2 stars`.
 */
export function namesInLines(text: string): string[] {
  const lines = namesInList(text.replace(/^\uFEFF/, ''), /\r\n|\r|\n/)
  if (lines.length === 1 && !/^n\d{8}\s/.test(lines[0]!)) return namesInList(lines[0]!, ',')
  for (const first of [0, 1]) {
    const isNumbered = lines.every((line, i) => new RegExp(`^0*${i + first}(\\s*[:,;.)=]|\\s)`).test(line))
    if (!isNumbered) continue
    const names = lines.map((line) => unquoted(line.replace(/^\d+\s*[:,;.)=]?\s*/, '')))
    if (2 * new Set(names).size > names.length) return names
  }
  return lines.map(unquoted)
}

function unquoted(name: string): string {
  return name.replace(/^(['"])(.*)\1,?$/, '$2')
}

export function badJson(file: string, cause: unknown): NpluskError {
  return new NpluskError('BAD_INPUT', `${file} is not valid JSON; mend or remove it.`, { cause })
}
