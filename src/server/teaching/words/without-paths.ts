/** An absolute path, of Unix or Windows, or an address of a file; not a fraction such as 1/20. */
const path = /(?<![\w.])(?:file:|~?\/[^\s/"']|[A-Za-z]:[\\/]|\\\\[^\s\\])/

/** A text that may be shown to clients; `undefined` where it holds a path. */
export function withoutPaths(text: string): string | undefined {
  return path.test(text) ? undefined : text
}
