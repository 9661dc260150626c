import { imagenetClasses, type ClassInfo } from '../../catalog/imagenet.js'

/** Names of a classifier's output columns, and their source. */
export interface FoundNames {
  readonly names: readonly string[]
  readonly source: string
}

export interface NamedClasses {
  /** The N classes in column order, without a background class. */
  readonly classes: readonly ClassInfo[]
  /** Whether column 0 is a background class. */
  readonly background: boolean
  /** Source of the names, for display: a file's name, `metadata`, `the order of ImageNet` or `none`. */
  readonly source: string
}

/** Share of columns that must have ImageNet's names for the model to count as an ImageNet classifier. */
const mostlyImagenet = 0.9

/**
 * Names a classifier's columns: by the names found, else in ImageNet's order where there are 1000 of them (1001 with a
 * background class first), else by number.
 *
 * @param found one name per column, or per column but a background class first
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

/** Whether a text names an ImageNet class: by its WordNet id, any of its names, or the list of them all. */
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
 * Gives each class a unique label; one with a WordNet id, or with the full list of an ImageNet class's names, is taken
 * for that class.
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

/** Makes a duplicate name unique by the number of its column. */
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
