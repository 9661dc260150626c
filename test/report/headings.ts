/** The headings of a page that are more than one step below the one before them. */
export function jumpsOf(page: string): string[] {
  const headings = [...page.matchAll(/<h([1-6])[ >][^]*?<\/h\1>/g)].map(([text, level]) => ({
    text,
    level: Number(level),
  }))
  return headings.flatMap(({ text, level }, i) => (level > (headings[i - 1]?.level ?? 0) + 1 ? [text] : []))
}
