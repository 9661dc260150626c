import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, mkdtempSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A Redis server of a test's own. */
export interface RedisServer {
  readonly address: string
  stop(): Promise<void>
}

/** Whether Debian's redis-server is there; a test that needs it is skipped where it is not, and says so. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0
export const orSkipped = hasRedis ? '' : ' (skipped: redis-server is not installed, see CONTRIBUTING.md)'

/** Starts a server on a free port that keeps nothing on disk. */
export async function startRedis(): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'nplusk-redis-'))
  const port = await freePort()
  const options = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder]
  const server = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of server.stdout.setEncoding('utf8')) if ((line as string).includes('Ready to accept')) break
  server.stdout.resume()
  return {
    address: `redis://127.0.0.1:${port}`,
    async stop() {
      const ended = once(server, 'exit')
      server.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
