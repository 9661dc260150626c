import { NpluskError } from '../core/errors.js'

/**
 * Checks the address of a Redis server: `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS.
 *
 * @returns the address unchanged
 * @throws NpluskError `USAGE`
 */
export function checkAddress(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url && /^rediss?:$/.test(url.protocol) && url.hostname !== '') return address
  throw new NpluskError(
    'USAGE',
    `"${shownAddress(address)}" is no address of a Redis server; write it as redis://host:6379, or rediss:// for TLS.`,
  )
}

/** An address with its password masked, for messages. */
export function shownAddress(address: string): string {
  // As a person may have typed it: up to the last @, whatever the password holds, and also where the // is missing.
  return address.replace(/(\/\/[^:]*:|^(?![^]*\/\/)[^:]*:)[^]*@/, '$1***@')
}
