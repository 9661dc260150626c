import { Writable } from 'node:stream'
import type { OutputStream } from '../../src/cli/environment.js'

/** A stream that keeps what is written to it. */
export class KeptOutput extends Writable implements OutputStream {
  content = ''
  readonly isTTY: boolean
  readonly columns: number

  constructor({ terminal, columns = 100 }: { terminal: boolean; columns?: number }) {
    super()
    this.columns = columns
    this.isTTY = terminal
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.content += chunk.toString()
    done()
  }
}
