// The service in a process of its own: its plugins do not run in Jest's sandbox. Options come as JSON, the address goes
// out on the first line, and the end of the standard input is the end of it.
import type { ServeOptions } from '../../src/server/options.js'
import { serve } from '../../src/server/serve.js'

const server = await serve(JSON.parse(process.argv[2]!) as ServeOptions)
console.log(server.url)
process.stdin.resume().on('end', () => void server.close())
