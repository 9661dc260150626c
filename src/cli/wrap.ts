import { displayWidth } from './terminal/display-width.js'

/**
 * Breaks lines that are wider than the terminal between words. Continuation lines are indented like the line, plus
 * `hanging` columns. A single word that is too wide stays whole.
 */
export function wrap(text: string, width: number, hanging = 0): string {
  if (width === Infinity) return text
  return text
    .split('\n')
    .map((line) => wrapLine(line, width, hanging).join('\n'))
    .join('\n')
}

function wrapLine(line: string, width: number, hanging: number): string[] {
  if (displayWidth(line) <= width) return [line]
  const indent = ' '.repeat(line.search(/\S|$/) + hanging)
  const lines: string[] = []
  let current = ''
  for (const [word] of line.matchAll(/\s*\S+(?: %)?/g)) {
    if (current.trim() === '' || displayWidth(current + word) <= width) current += word
    else {
      lines.push(current)
      current = indent + word.trimStart()
    }
  }
  return [...lines, current]
}
