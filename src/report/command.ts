import { html, type Markup } from './html.js'

/** A command as it is typed. Lines break between its words; an option's dashes stay with its name. */
export function command(typed: string): Markup {
  const parts = typed.split(/(\s+)/).map((part) => (/^-\S{0,30}$/.test(part) ? option(part) : part))
  return html`<code>${parts}</code>`
}

/** A sentence in which commands stand in quotation marks. */
export function withCommands(sentence: string): (Markup | string)[] {
  return sentence.split('"').map((part, i) => (i % 2 === 1 ? command(part) : part))
}

/** A sentence that names options, in commands or beside them: their dashes stay with their names. */
export function withOptions(sentence: string): (Markup | string)[] {
  return sentence.split(/(?<=^|[\s"(])(--[a-z-]{1,28})/).map((part, i) => (i % 2 === 1 ? option(part) : part))
}

function option(name: string): Markup {
  return html`<span class="option">${name}</span>`
}
