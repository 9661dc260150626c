import { html, type Markup } from './html.js'

/** A command as it is typed. Lines break between its words; an option's dashes stay with its name. */
export function command(typed: string): Markup {
  const parts = typed
    .split(/(\s+)/)
    .map((part) => (/^-\S{0,30}$/.test(part) ? html`<span class="option">${part}</span>` : part))
  return html`<code>${parts}</code>`
}

/** A sentence in which commands stand in quotation marks. */
export function withCommands(sentence: string): (Markup | string)[] {
  return sentence.split('"').map((part, i) => (i % 2 === 1 ? command(part) : part))
}
