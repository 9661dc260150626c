import { Problem } from '../problems.js'

/** Texts and objects that a request may have, be they keys or values: labels of very many classes fit in. */
const mostTexts = 50_000

/** Reading an array takes as long as reading so many numbers. */
const arrayWeight = 4

const [quote, backslash, comma, bracket, brace] = Buffer.from('"\\,[{')

/**
 * Refuses JSON that would take many times its length once it is read, or would hold everybody up: 64 MiB of brackets,
 * of short texts or of single digits are gigabytes and many seconds, and 64 MiB of one text are neither.
 *
 * @param mostValues numbers and the like in arrays, each array counted as four
 * @throws Problem `too-large`
 */
export function boundJson(bytes: Uint8Array, mostValues: number): void {
  let values = 0
  let texts = 0
  // A plain loop takes a tenth of what an iterator does.
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === comma) values++
    else if (byte === bracket) values += arrayWeight
    else if (byte === brace) texts++
    else if (byte === quote) {
      texts++
      i = endOfText(bytes, i)
    }
    if (values > mostValues) throw tooLarge(`${mostValues} values`)
    if (texts > mostTexts) throw tooLarge(`${mostTexts} texts and objects`)
  }
}

/** Where the quote is that ends the text that begins at `begin`. */
function endOfText(bytes: Uint8Array, begin: number): number {
  for (let end = bytes.indexOf(quote!, begin + 1); end >= 0; end = bytes.indexOf(quote!, end + 1)) {
    let first = end
    while (bytes[first - 1] === backslash) first--
    if ((end - first) % 2 === 0) return end
  }
  return bytes.length
}

function tooLarge(most: string): Problem {
  return new Problem('too-large', `The JSON has more than ${most}; send less at a time.`)
}
