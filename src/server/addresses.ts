import { networkInterfaces } from 'node:os'
import type { AddressInfo } from 'node:net'

/**
 * Addresses at which a service can be opened: the one it listens at, or, where it listens at all of the machine's, this
 * machine's own first and then those that other machines reach it by.
 */
export function urlsOf(
  { address, family, port }: AddressInfo,
  interfaces = networkInterfaces(),
): [string, ...string[]] {
  const url = (host: string) => `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  if (address !== '0.0.0.0' && address !== '::') return [url(address)]
  const outward = Object.values(interfaces)
    .flatMap((one) => one ?? [])
    // Link-local addresses lead nowhere without the name of an interface.
    .filter((one) => !one.internal && !one.address.startsWith('fe80:'))
    .filter((one) => one.family === 'IPv4' || family === 'IPv6')
  return [url('127.0.0.1'), ...outward.map((one) => url(one.address))]
}
