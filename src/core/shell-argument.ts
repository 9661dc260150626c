/** A path as an argument in a shell, quoted where it must be. */
export function shellArgument(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}
