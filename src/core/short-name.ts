/** Longest name of a file or folder that Linux and other systems take, in bytes. */
export const longestName = 255

/** The beginning of a text, whole characters that take at most `bytes` bytes in UTF-8. */
export function withinBytes(text: string, bytes: number): string {
  let left = bytes
  let end = 0
  for (const character of text) {
    left -= Buffer.byteLength(character)
    if (left < 0) break
    end += character.length
  }
  return text.slice(0, end)
}
