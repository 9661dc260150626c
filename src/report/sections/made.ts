import { command as shownCommand } from '../command.js'
import { html, type Markup } from '../html.js'
import { table, type Column } from '../table.js'

/** How a report came to be. */
export interface Made {
  /** As the caller named it. */
  readonly model: string
  /** Name of the base model. */
  readonly base: string
  /** Of the bundle; `undefined` for a base model alone. */
  readonly revision?: number | undefined
  readonly increments: readonly MadeIncrement[]
  /** Where the photographs are from. */
  readonly folders: readonly string[]
  readonly versions: Readonly<Record<string, string>>
  /** What was typed. */
  readonly command?: string | undefined
}

interface MadeIncrement {
  readonly name: string
  readonly classes: number
  readonly images: number
  /** What its classes are told apart by: the kind of its head, and the layers that this reads. */
  readonly head?: { readonly kind: string; readonly layers: readonly string[] } | undefined
}

const headColumns: readonly Column<MadeIncrement>[] = [
  { title: 'Head', value: ({ head }) => head?.kind ?? null },
  { title: 'Layers that it reads', value: ({ head }) => head?.layers.join(', ') ?? null },
]

/** @param date when the report is made */
export function madeSection(made: Made, date: Date): Markup {
  const { model, base, revision, increments, folders, versions, command } = made
  const versionList = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return html`<dl>
      <dt>Classifier</dt>
      <dd>${model}, made of ${base}${revision === undefined ? '' : `, revision ${revision}`}</dd>
      <dt>Photographs</dt>
      <dd>${folders.join(', ')}</dd>
      ${
        command !== undefined &&
        html`<dt>Command</dt>
          <dd>${shownCommand(command)}</dd>`
      }
      <dt>Versions</dt>
      <dd>${versionList.join(', ')}</dd>
      <dt>Date</dt>
      <dd><time datetime="${date.toISOString()}">${date.toISOString().slice(0, 16).replace('T', ' ')} UTC</time></dd>
    </dl>
    ${
      increments.length > 0 &&
      table(
        'What was added, in order',
        [
          { title: 'Addition', value: ({ name }) => name },
          { title: 'Classes', value: ({ classes }) => classes },
          { title: 'Photographs', value: ({ images }) => images },
          ...(increments.some(({ head }) => head !== undefined) ? headColumns : []),
        ],
        increments,
      )
    }`
}
