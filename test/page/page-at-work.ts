import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { Page } from 'playwright-core'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
}

export interface Served {
  /** Ends with `/`. */
  readonly url: string
  close(): Promise<void>
}

/** Serves a folder on a local web server that knows of nothing but files, as any would an export. */
export async function serveFolder(folder: string): Promise<Served> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost')
    const path = join(folder, pathname === '/' ? 'index.html' : pathname)
    if (!existsSync(path)) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' })
    response.end(readFileSync(path))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** All that goes wrong on a page: messages of any kind, errors, and requests for anything but its own server. */
export function watch(page: Page, url: string): string[] {
  const problems: string[] = []
  page.on('console', (message) => problems.push(message.text()))
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('request', (request) => {
    const address = request.url()
    if (!address.startsWith(url) && !/^(blob|data):/.test(address)) problems.push(address)
  })
  return problems
}

/** Lets go of a file over the page, as a visitor does who drags one. */
export function drop(page: Page, name: string, content: Uint8Array, selector = 'body'): Promise<void> {
  return giveFile(page, 'drop', name, content, selector)
}

/** Pastes a picture, as a visitor does who has copied one. */
export function paste(page: Page, name: string, content: Uint8Array, selector = 'body'): Promise<void> {
  return giveFile(page, 'paste', name, content, selector)
}

function giveFile(
  page: Page,
  kind: 'drop' | 'paste',
  name: string,
  content: Uint8Array,
  selector: string,
): Promise<void> {
  const base64 = Buffer.from(content).toString('base64')
  const event =
    kind === 'drop'
      ? `new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })`
      : `new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })`
  return page.evaluate(`{
    const bytes = Uint8Array.from(atob('${base64}'), (letter) => letter.charCodeAt(0))
    const data = new DataTransfer()
    data.items.add(new File([bytes], ${JSON.stringify(name)}, { type: 'image/jpeg' }))
    document.querySelector(${JSON.stringify(selector)}).dispatchEvent(${event})
  }`)
}
