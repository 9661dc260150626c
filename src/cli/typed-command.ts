import { printable, shellArgument } from './format.js'

/** Options whose values nobody but the user should see. */
const secretOption = /^--?[\w-]*(token|password|secret|key)[\w-]*$/i

/**
 * The command line as it was typed, for a bundle's history, which whoever has the bundle can read: without tokens, and
 * without what addresses hold beside host and path.
 *
 * @param args without the program's own name
 */
export function typedCommand(args: readonly string[]): string {
  const shown = args.map((word, i) => {
    const [, option, value] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? []
    if (option !== undefined && secretOption.test(option)) return `${option}=…`
    if (i > 0 && secretOption.test(args[i - 1]!)) return '…'
    const text = shellArgument(printable(withoutCredentials(value ?? word)))
    return option === undefined ? text : `${option}=${text}`
  })
  return ['extend', ...shown].join(' ')
}

/** `https://user:password@host/path?token=x` as `https://host/path`. */
function withoutCredentials(word: string): string {
  return /^[a-z][a-z+.-]*:\/\//i.test(word) ? word.replace(/^([^/]*\/\/)[^/]*@/, '$1').replace(/[?#].*$/s, '') : word
}
