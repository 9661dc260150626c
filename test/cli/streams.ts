import { Writable } from 'node:stream'
import type { OutputStream } from '../../src/cli/environment.js'

/** A stream that keeps what is written to it. */
export class KeptOutput extends Writable implements OutputStream {
  content = ''
  readonly isTTY: boolean
  readonly columns = 100

  constructor({ terminal }: { terminal: boolean }) {
    super()
    this.isTTY = terminal
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.content += chunk.toString()
    done()
  }
}
