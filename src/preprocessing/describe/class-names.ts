import { imagenetClasses, type ClassInfo } from '../../catalog/imagenet.js'

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
 * @param found only of the right length: one for each column, or for each but a background class in front
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
  const isNamed = /^[\W_]*(background|dummy)[\W_]*$/i.test(found.names[0] ?? '')
  const background = isNamed || found.names.length === columns - 1
  const names = isNamed ? found.names.slice(1) : found.names
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
  return (
    text.trim().startsWith(wnid ?? '?') ||
    plain === plainName(names.join(', ')) ||
    plain.split(', ').some((part) => names.some((name) => plainName(name) === part))
  )
}

function plainName(name: string): string {
  return name.trim().toLowerCase().replaceAll('_', ' ')
}

/**
 * Classes with a label each; those with a WordNet id, or the whole row of an ImageNet class's names, are known as it.
 */
function uniqueClasses(names: readonly string[], imagenet: readonly ClassInfo[]): ClassInfo[] {
  const byKey = new Map<string, ClassInfo>()
  for (const one of imagenet) {
    if (one.wnid !== undefined) byKey.set(one.wnid, one)
    byKey.set(plainName(one.names.join(', ')), one)
  }
  const taken = new Set<string>()
  return names.map((text, i) => {
    const [, wnid, rest = ''] = /^(n\d{8})(?:\s+(.*))?$/.exec(text.trim()) ?? []
    const known = byKey.get(wnid ?? plainName(text))
    const name = (known?.label ?? printable(rest === '' ? text : rest)) || `class ${i}`
    const label = taken.has(name) ? unused(name, i, taken) : name
    taken.add(label)
    const id = known?.wnid ?? wnid
    return { label, ...(id === undefined ? {} : { wnid: id }), names: known?.names ?? [name] }
  })
}

/** Two columns of one name are told apart by their number. */
function unused(name: string, column: number, taken: ReadonlySet<string>): string {
  let label = `${name} (${column})`
  while (taken.has(label)) label += ` (${column})`
  return label
}

function printable(text: string): string {
  return text
    .replace(/\p{Cc}/gu, ' ')
    .normalize('NFC')
    .trim()
}
