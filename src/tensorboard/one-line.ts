/** Text for a cell of a table with tabs between cells, or for a tag: control characters and line ends are escaped. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (character) => {
    const escaped = { '\t': '\\t', '\n': '\\n', '\r': '\\r' }[character]
    return escaped ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
