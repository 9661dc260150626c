import { command as shownCommand } from '../command.js'
import { html, type Markup } from '../html.js'
import { table } from '../table.js'

/** How a report came to be. */
export interface Made {
  /** As the caller named it. */
  readonly model: string
  /** Name of the base model. */
  readonly base: string
  /** Of the bundle; `undefined` for a base model alone. */
  readonly revision?: number | undefined
  /** What the added classes are told apart by: the kinds of their heads, and the layers that these read. */
  readonly heads?: { readonly kinds: readonly string[]; readonly layers: readonly string[] } | undefined
  readonly increments: readonly { readonly name: string; readonly classes: number; readonly images: number }[]
  /** Where the photographs are from. */
  readonly folders: readonly string[]
  readonly versions: Readonly<Record<string, string>>
  /** What was typed. */
  readonly command?: string | undefined
}

/** @param date when the report is made */
export function madeSection(made: Made, date: Date): Markup {
  const { model, base, revision, heads, increments, folders, versions, command } = made
  const versionList = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return html`<dl>
      <dt>Classifier</dt>
      <dd>${model}, made of ${base}${revision === undefined ? '' : `, revision ${revision}`}</dd>
      ${
        heads !== undefined &&
        html`<dt>Heads</dt>
          <dd>${heads.kinds.join(', ')}${heads.layers.length > 0 && `, of the layers ${heads.layers.join(', ')}`}</dd>`
      }
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
          { title: 'Increment', value: ({ name }) => name },
          { title: 'Classes', value: ({ classes }) => classes },
          { title: 'Photographs', value: ({ images }) => images },
        ],
        increments,
      )
    }`
}
