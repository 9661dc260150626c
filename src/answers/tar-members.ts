import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { extract, type Header } from 'tar-stream'
import { messageOf, NpluskError } from '../core/errors.js'
import { openFile } from '../core/regular-file.js'
import { unusable } from '../image/problems.js'

/** A member of a tar file that is being read, there until the next one is asked for. */
export interface TarMember {
  /** Path in the archive, without `./` or `/` in front. */
  readonly name: string
  readonly type: 'file' | 'directory' | 'link' | 'symlink' | 'sparse' | 'special'
  /** Bytes. */
  readonly size: number
  /**
   * The first bytes, at least so many where it is that long.
   *
   * @throws NpluskError as `tarMembers`
   */
  head(length: number): Promise<Uint8Array>
  /** All bytes; throws as `head`. */
  read(): Promise<Uint8Array>
}

/** Members of the oldest format have no mark of one; the option is missing in the library's types. */
const options: object = { allowUnknownFormat: true }

/**
 * Nothing is unpacked while something unpacked waits: an error would throw that away, and what a damaged file gives
 * would depend on how fast it is read. The option is missing in Node's types.
 */
const oneByOne: object = { readableHighWaterMark: 1 }

/**
 * Yields the members of a tar file (v7, ustar, GNU or PAX; compressed by gzip or not), in order. Those of a damaged
 * file come as far as it can be unpacked, however slowly they are taken, and the error after them.
 *
 * @throws NpluskError `NOT_FOUND`; `BAD_INPUT` for a file that is no tar file, is damaged or ends too early
 */
export async function* tarMembers(archive: string): AsyncGenerator<TarMember, void, void> {
  const members = extract(options)
  const file = await openFile(archive).catch((error: unknown) => {
    throw explained(archive, error)
  })
  // No further than it went when it was opened.
  const { size } = await file.stat()
  const source = size === 0 ? Readable.from([]) : file.createReadStream({ start: 0, end: size - 1, autoClose: false })
  const failures: Error[] = []
  const fail = (error: Error) => {
    failures.push(error)
    members.end(undefined)
  }
  source.on('error', fail)
  try {
    if (await isGzip(file)) {
      const gunzip = createGunzip(oneByOne).on('error', fail)
      source.pipe(gunzip, { end: false }).pipe(members)
      // Ended any sooner, it would throw away what it unpacks last of a file that is cut off.
      source.on('end', () => gunzip.write('', () => gunzip.end()))
    } else source.pipe(members)
    for await (const entry of members) {
      // The library waits for ever for the end of a member whose length it cannot read.
      if (!Number.isSafeInteger(entry.header.size)) throw new Error('Invalid tar header: a length that is none')
      // Nor do the contents of a folder end, which some archives give a length.
      const bytes = pieces(entry.header.type === 'directory' ? Readable.from([]) : entry)
      yield memberOf(entry.header, (length) =>
        bytes.take(length).catch((error: unknown) => {
          throw explained(archive, error)
        }),
      )
      await bytes.skip()
    }
    if (failures[0] !== undefined) throw failures[0]
  } catch (error) {
    throw explained(archive, failures[0] ?? error)
  } finally {
    source.destroy()
    members.destroy()
    await file.close()
  }
}

async function isGzip(file: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(new Uint8Array(2), 0, 2, 0)
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
}

function memberOf(header: Header, take: (length: number) => Promise<Uint8Array>): TarMember {
  const pax = header.pax as Readonly<Record<string, string>> | null
  const name = pax?.['GNU.sparse.name'] ?? header.name
  const isSparse = Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse.'))
  return {
    name: name.replace(/^(\.?\/)+/, ''),
    type: isSparse ? 'sparse' : typeOf(header),
    size: header.size,
    head: take,
    read: () => take(Infinity),
  }
}

function typeOf({ type }: { readonly type: Header['type'] | null }): TarMember['type'] {
  if (type === 'file' || type === 'contiguous-file') return 'file'
  if (type === 'directory' || type === 'link' || type === 'symlink') return type
  // GNU's own form of sparse files has a type that the library does not name.
  return type === null ? 'sparse' : 'special'
}

/** The bytes of a member. Its stream is never left half read, which would end that of the archive. */
function pieces(entry: AsyncIterable<unknown>) {
  const stream = entry[Symbol.asyncIterator]()
  let taken: Uint8Array[] = []
  let length = 0
  let isEnded = false
  const next = async (): Promise<Uint8Array | undefined> => {
    const { done, value } = isEnded ? { done: true, value: undefined } : await stream.next()
    if (done) isEnded = true
    return done ? undefined : (value as Uint8Array)
  }
  return {
    async take(wanted: number): Promise<Uint8Array> {
      while (length < wanted) {
        const piece = await next()
        if (piece === undefined) break
        taken.push(piece)
        length += piece.length
      }
      taken = [Buffer.concat(taken)]
      return taken[0]!
    },
    async skip(): Promise<void> {
      taken = []
      while ((await next()) !== undefined);
    },
  }
}

function explained(archive: string, error: unknown): unknown {
  if (error instanceof NpluskError) return error
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return new NpluskError('NOT_FOUND', `There is no file "${archive}"; check the path.`)
  const message = messageOf(error)
  const reason = /unexpected end/i.test(message)
    ? 'it ends too early'
    : /tar header/i.test(message)
      ? 'it is no tar file, or damaged'
      : message
  return unusable(archive, { reason, remedy: 'get it again, or remove it' }, error)
}
