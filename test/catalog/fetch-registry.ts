import { createHash } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

/** A package registry on this machine, with one package in one version. */
export interface LocalRegistry {
  readonly url: string
  /** Paths requested so far. */
  readonly requests: string[]
  close(): Promise<void>
}

export interface RegistryBehaviour {
  readonly package: string
  readonly version: string
  /** The integrity the registry claims. */
  readonly integrity: string
  sendTarball(response: ServerResponse): void
  /** Replaces the response with the package's description. */
  sendDescription?(response: ServerResponse): void
}

export async function startRegistry(behaviour: RegistryBehaviour): Promise<LocalRegistry> {
  const { package: name, version, integrity } = behaviour
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(request.url ?? '')
    if (request.url === `/${name}`) {
      if (behaviour.sendDescription) return behaviour.sendDescription(response)
      const dist = { tarball: `${url}/${name}/-/${name}-${version}.tgz`, integrity }
      response.setHeader('content-type', 'application/json')
      response.end(
        JSON.stringify({ name, 'dist-tags': { latest: version }, versions: { [version]: { name, version, dist } } }),
      )
    } else if (request.url?.endsWith('.tgz')) {
      behaviour.sendTarball(response)
    } else {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url, requests, close }
}

export function integrityOf(bytes: Uint8Array): string {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`
}

/** A gzipped tar archive (ustar) of files, by path. */
export function tarball(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const blocks = Object.entries(files).flatMap(([path, content]) => [
    header(path, content.length),
    content,
    new Uint8Array(-content.length & 511),
  ])
  return gzipSync(Buffer.concat([...blocks, new Uint8Array(1024)]))
}

function header(path: string, size: number): Uint8Array {
  const block = Buffer.alloc(512)
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0')
  block.write(path, 0)
  block.write(octal(0o644, 7), 100)
  block.write(octal(0, 7), 108)
  block.write(octal(0, 7), 116)
  block.write(octal(size, 11), 124)
  block.write(octal(0, 11), 136)
  block.write(' '.repeat(8), 148) // the checksum counts itself as blanks
  block.write('0', 156)
  block.write('ustar\u000000', 257)
  block.write(
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
    148,
  )
  return block
}
