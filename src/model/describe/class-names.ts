import { NpluskError } from '../../core/errors.js'
import { imagenetClasses, type ClassInfo } from '../imagenet.js'

/** The names of a classifier's columns, and where they were found. */
export interface FoundNames {
  readonly names: readonly string[]
  readonly source: string
}

export interface NamedClasses {
  /** The N classes in column order, without a background class. */
  readonly classes: readonly ClassInfo[]
  /** Column 0 is no class. */
  readonly background: boolean
  /** For people: a file's name, `metadata`, `the order of ImageNet` or `none`. */
  readonly source: string
}

/** This share of the columns must bear ImageNet's names for the model to count as one of its classifiers. */
const mostlyImagenet = 0.9

/**
 * Names a classifier's columns: by what was found, else by the order of ImageNet's classes where there are 1000 of
 * them (1001 with a background class in front), else by number.
 *
 * @param found only of the right length
 */
export async function nameColumns(columns: number, found: FoundNames | undefined): Promise<NamedClasses> {
  const imagenet = await imagenetClasses()
  if (found === undefined) {
    const background = columns === imagenet.length + 1
    if (background || columns === imagenet.length) {
      return { classes: imagenet, background, source: 'the order of ImageNet' }
    }
    const classes = Array.from({ length: columns }, (_, i) => ({ label: `class ${i}`, names: [`class ${i}`] }))
    return { classes, background: false, source: 'none' }
  }
  const background = /^[\W_]*(background|dummy)[\W_]*$/i.test(found.names[0] ?? '')
  const names = background ? found.names.slice(1) : found.names
  const { source } = found
  const alike = names.filter((name, i) => imagenet[i] !== undefined && isNameOf(name, imagenet[i])).length
  if (names.length === imagenet.length && alike >= mostlyImagenet * names.length) {
    return { classes: imagenet, background, source }
  }
  return { classes: uniqueClasses(names, imagenet), background, source }
}

/** Whether a text names an ImageNet class: by its WordNet id, any of its names, or all of them in a row. */
function isNameOf(text: string, { wnid, names }: ClassInfo): boolean {
  const plain = plainName(text.replace(/^n\d{8}\s+/, ''))
  return text.trim().startsWith(wnid ?? '?') || plain === plainName(names.join(', ')) || plain.split(', ').some((part) => names.some((name) => plainName(name) === part)) // prettier-ignore
}

function plainName(name: string): string {
  return name.trim().toLowerCase().replaceAll('_', ' ')
}

/** Classes with a label each; those with a WordNet id, or the whole row of an ImageNet class's names, are known as it. */
function uniqueClasses(names: readonly string[], imagenet: readonly ClassInfo[]): ClassInfo[] {
  const byKey = new Map<string, ClassInfo>()
  for (const one of imagenet) {
    if (one.wnid !== undefined) byKey.set(one.wnid, one)
    byKey.set(plainName(one.names.join(', ')), one)
  }
  const taken = new Set<string>()
  return names.map((text, i) => {
    const known = byKey.get(/^n\d{8}/.exec(text)?.[0] ?? plainName(text))
    const name = (known?.label ?? text.replace(/\p{Cc}/gu, ' ').normalize('NFC').trim()) || `class ${i}` // prettier-ignore
    const label = taken.has(name) ? `${name} (${i})` : name
    taken.add(label)
    return {
      label,
      ...(known?.wnid === undefined ? {} : { wnid: known.wnid }),
      names: known?.names ?? [name],
    }
  })
}

/** `id2label` or a list, as JSON holds them; `undefined` where it is neither, or has gaps. */
export function namesInJson(value: unknown): string[] | undefined {
  const list = Array.isArray(value) ? (value as unknown[]) : undefined
  if (list?.every((name) => typeof name === 'string')) return list
  if (list !== undefined || typeof value !== 'object' || value === null) return undefined
  const entries = Object.entries(value)
  const names = new Array<string>(entries.length)
  for (const [key, name] of entries) {
    const index = Number(key)
    if (!Number.isInteger(index) || index < 0 || index >= names.length || typeof name !== 'string') return undefined
    names[index] = name
  }
  return names.length > 0 && Object.keys(names).length === names.length ? names : undefined
}

/** Names in a metadata field: JSON, the way Python prints a dictionary, or a list with commas or lines. */
export function namesInText(text: string): string[] | undefined {
  try {
    return namesInJson(JSON.parse(text))
  } catch {
    // Not JSON: one of the other forms.
  }
  if (text.trim().startsWith('{')) {
    const entries = [...text.matchAll(/(\d+)\s*:\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g)]
    return namesInJson(Object.fromEntries(entries.map(([, key, single, double]) => [key, single ?? double])))
  }
  const separator = text.includes('\n') ? /\r?\n/ : ','
  return text.split(separator).map((name) => name.trim()).filter((name) => name !== '') // prettier-ignore
}

/** Names in a text file, one a line; a number or `index:` in front is dropped. */
export function namesInLines(text: string): string[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '') // prettier-ignore
  const isNumbered = lines.every((line, i) => new RegExp(`^${i}\\s*[:,\\t ]`).test(line))
  return isNumbered ? lines.map((line) => line.replace(/^\d+\s*[:,\t ]\s*/, '').replace(/^(['"])(.*)\1,?$/, '$2')) : lines // prettier-ignore
}

export function badJson(file: string, cause: unknown): NpluskError {
  return new NpluskError('BAD_INPUT', `${file} is not valid JSON; mend or remove it.`, { cause })
}
