/** Markup that goes into a page as it is. */
export class Markup {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text
  }
}

/** What a page may be made of: texts and numbers are escaped, `false`, `null` and `undefined` are nothing. */
export type Content = Markup | string | number | false | null | undefined | readonly Content[]

/**
 * Builds markup from a template. Every text that is put in is escaped, so names of files and classes may hold anything:
 * as the content of an element and as the value of an attribute in quotation marks.
 */
export function html(parts: TemplateStringsArray, ...contents: Content[]): Markup {
  return new Markup(parts.reduce((text, part, i) => text + textOf(contents[i - 1]) + part))
}

/**
 * Data for the page's script, as an element that browsers do not run.
 *
 * @param attributes of the element, such as its id
 */
export function scriptData(attributes: Markup, value: unknown): Markup {
  // Nothing in the text may end the element.
  const json = JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, unicodeEscape)
  return html`<script type="application/json" ${attributes}>
    ${new Markup(json)}
  </script>`
}

function textOf(content: Content): string {
  if (content === undefined || content === null || content === false) return ''
  if (content instanceof Markup) return content.text
  if (typeof content === 'object') return content.map(textOf).join('')
  return escaped(String(content))
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text without control characters and those that turn the direction of writing: they make names look like others. */
export function plain(text: string): string {
  return text.replace(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
}

function escaped(text: string): string {
  return plain(text).replace(/[&<>"']/g, (one) => entities[one]!)
}

function unicodeEscape(one: string): string {
  return `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`
}
