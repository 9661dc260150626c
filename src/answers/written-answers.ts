import { createReadStream } from 'node:fs'
import { NpluskError, readError } from '../core/errors.js'
import { unflushedAtMost } from './answer-file.js'

const byteOrderMark = Buffer.from('\ufeff')

/** An answer that stands in a file. */
export interface WrittenAnswer {
  /** The picture. */
  readonly file: string
  /** Whether it says that the picture could not be read. */
  readonly isError: boolean
  /** Whether its line ends in a carriage return too, as editors leave it. */
  readonly endsInReturn: boolean
  /** Bytes of the file up to the end of its line. */
  readonly end: number
}

/**
 * Yields the answers in a file, in order, up to the first line that a kill or a power failure has left in pieces: a
 * line without an end, or one that is no answer within what was not flushed.
 *
 * @param length bytes of the file to look at
 * @throws NpluskError `BAD_INPUT` for a line that is no answer and was on the disk, and for a byte order mark; `IO`
 */
export async function* writtenAnswers(path: string, length: number): AsyncGenerator<WrittenAnswer, void, void> {
  let end = 0
  let number = 0
  for await (const line of wholeLines(path, length)) {
    number++
    // No power failure leaves this, and all answers would be made again for three bytes.
    if (number === 1 && line.subarray(0, 3).equals(byteOrderMark)) {
      throw new NpluskError(
        'BAD_INPUT',
        `${path} begins with a byte order mark, which an editor has put there; remove it, or restore the file from a copy.`,
      )
    }
    end += line.length + 1
    const answer = parseAnswer(line)
    if (answer === undefined) {
      if (length - end <= unflushedAtMost) return
      throw new NpluskError(
        'BAD_INPUT',
        `Line ${number} of ${path} is no answer to a picture; cut the file off before it to have the rest answered again, or restore it from a copy.`,
      )
    }
    yield { ...answer, endsInReturn: line.at(-1) === 0x0d, end }
  }
}

function parseAnswer(line: Buffer): Pick<WrittenAnswer, 'file' | 'isError'> | undefined {
  let value: unknown
  try {
    value = JSON.parse(line.toString())
  } catch {
    return undefined
  }
  const { file, predictions, error } = (value ?? {}) as Record<string, unknown>
  const isError = typeof error === 'string'
  return typeof file === 'string' && (isError || Array.isArray(predictions)) ? { file, isError } : undefined
}

/** The lines that end with a newline, without it. */
async function* wholeLines(path: string, length: number): AsyncGenerator<Buffer, void, void> {
  if (length === 0) return
  let rest: Buffer[] = []
  try {
    for await (const chunk of createReadStream(path, { end: length - 1 }) as AsyncIterable<Buffer>) {
      let from = 0
      for (let to = chunk.indexOf(0x0a); to >= 0; to = chunk.indexOf(0x0a, from)) {
        yield Buffer.concat([...rest, chunk.subarray(from, to)])
        rest = []
        from = to + 1
      }
      if (from < chunk.length) rest.push(chunk.subarray(from))
    }
  } catch (error) {
    throw readError(error, path)
  }
}
