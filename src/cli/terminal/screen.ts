import type { OutputStream } from '../environment.js'
import { withoutTurns } from '../format.js'
import { asColours } from '../style.js'

/**
 * Prints text as it is laid out: the only way to any stream, as what goes into a file or a pipe now may be
 * shown on a terminal later. Names come from files, servers and other people's bundles, and a terminal obeys what is
 * written to it (`ESC ] 52` fills the clipboard). So nothing but line breaks, tabs and the colours of `Style` has an
 * effect.
 */
export function show(stream: OutputStream, text: string): void {
  stream.write(onScreen(text))
}

/** Prints a value as JSON on a line of its own; it says the same with nothing in it that a terminal obeys. */
export function showJson(stream: OutputStream, value: object): void {
  stream.write(`${jsonLine(value)}\n`)
}

/** Text as `show` writes it. */
export function onScreen(text: string): string {
  return asColours(withoutTurns(text.replace(/(?![\n\t])\p{Cc}/gu, '?')))
}

/** `JSON.stringify` escapes the control characters of ASCII alone. */
function jsonLine(value: object): string {
  return JSON.stringify(value).replace(
    /[\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
