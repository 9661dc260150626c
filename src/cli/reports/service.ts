/** A service that listens. */
export interface ShownService {
  readonly url: string
  readonly allowAdd: boolean
  /** The token, where it was made up. */
  readonly token: string | undefined
}

/** What `extend serve` says once it listens. The page reads the token behind #, which browsers send to nobody. */
export function describeService({ url, allowAdd, token }: ShownService): string {
  const end = 'Ctrl-C ends it.'
  if (!allowAdd) return `Listening at ${url}\n${end}`
  if (token === undefined) return `Listening at ${url}, teachable with the token that was given\n${end}`
  return `Listening at ${url}, teachable at\n  ${url}/#token=${token}\n${end}`
}
