/** A service that listens. */
export interface ShownService {
  readonly url: string
  /** Further ones, for other machines. */
  readonly otherUrls: readonly string[]
  readonly allowAdd: boolean
  /** The token, where it was made up. */
  readonly token: string | undefined
}

/** What `extend serve` says once it listens. The page reads the token behind #, which browsers send to nobody. */
export function describeService({ url, otherUrls, allowAdd, token }: ShownService): string {
  const others = otherUrls.length === 0 ? '' : `For other machines: ${otherUrls.join(', ')}\n`
  const end = `${others}Ctrl-C ends it.`
  if (!allowAdd) return `Listening at ${url}\n${end}`
  if (token === undefined) return `Listening at ${url}, teachable with the token that was given\n${end}`
  return `Listening at ${url}, teachable at\n  ${url}/#token=${token}\n${end}`
}
