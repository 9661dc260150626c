/**
 * Whether a file that begins with these bytes is text: UTF-8, UTF-16 with a byte order mark, or an older eight-bit
 * encoding.
 */
export function isText(head: Uint8Array): boolean {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) return true
  // Below the space, text has only the bytes from tab to carriage return, and escape.
  return head.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0x1b)
}

/** No part of it can be read in two ways, so that it takes no longer than its text is long. */
const svgStart =
  /^\s*(?:<\?xml[^>]*>\s*|<!--(?:(?!-->)[\s\S])*-->\s*|<!DOCTYPE\s+svg[^>[]*(?:\[[^\]]*\]\s*)?>\s*)*<(?:svg:)?svg[\s>]/i

/** Whether text begins as an SVG drawing: the svg element comes first, after declarations and comments. */
export function startsAsSvg(head: Uint8Array): boolean {
  const text = new TextDecoder().decode(head.subarray(0, 2048))
  return svgStart.test(text)
}
