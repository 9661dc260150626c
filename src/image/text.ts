/** Whether a file that begins so is text: UTF-8, UTF-16 with a byte order mark, or an older eight-bit encoding. */
export function isText(head: Uint8Array): boolean {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) return true
  // Tab to carriage return, and escape, are all that text has below the blank.
  return head.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0x1b)
}

/** Whether text begins as an SVG drawing: its element comes first, after declarations and comments. */
export function startsAsSvg(head: Uint8Array): boolean {
  const text = new TextDecoder().decode(head.subarray(0, 2048))
  return /^\s*(<\?xml[^>]*>\s*|<!--[\s\S]*?-->\s*|<!DOCTYPE\s+svg[^>]*(\[[^\]]*\]\s*)?>\s*)*<(svg:)?svg[\s>]/i.test(
    text,
  )
}
