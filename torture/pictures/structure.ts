import { crc32 } from 'node:zlib'

/** How a format's files are made of parts, and put together again with lengths and checksums that are right. */
export interface Structure {
  /** The parts of a file, without their lengths and checksums. */
  split(bytes: Buffer): Buffer[]
  join(parts: readonly Buffer[]): Buffer
}

const pngHead = 8
const riffHead = 12

const png: Structure = {
  split(bytes) {
    const parts = [bytes.subarray(0, pngHead)]
    for (let at = pngHead; at + 12 <= bytes.length;) {
      const end = at + 12 + bytes.readUInt32BE(at)
      parts.push(bytes.subarray(at + 4, end - 4))
      at = end
    }
    return parts
  },
  join: ([head, ...chunks]) =>
    Buffer.concat([
      head!,
      ...chunks.flatMap((chunk) => [u32(Math.max(0, chunk.length - 4)), chunk, u32(crc32(chunk))]),
    ]),
}

const webp: Structure = {
  split(bytes) {
    const parts = [bytes.subarray(0, riffHead)]
    for (let at = riffHead; at + 8 <= bytes.length;) {
      const size = bytes.readUInt32LE(at + 4)
      parts.push(Buffer.concat([bytes.subarray(at, at + 4), bytes.subarray(at + 8, at + 8 + size)]))
      at += 8 + size + (size % 2)
    }
    return parts
  },
  join([head, ...chunks]) {
    const body = Buffer.concat(
      chunks.flatMap((chunk) => {
        const size = Math.max(0, chunk.length - 4)
        return [chunk.subarray(0, 4), u32(size).reverse(), chunk.subarray(4), Buffer.alloc(size % 2)]
      }),
    )
    return Buffer.concat([head!.subarray(0, 4), u32(body.length + 4).reverse(), head!.subarray(8), body])
  },
}

const jpeg: Structure = {
  split(bytes) {
    const parts = [bytes.subarray(0, 2)]
    let at = 2
    while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda) {
      const end = at + 2 + bytes.readUInt16BE(at + 2)
      parts.push(Buffer.concat([bytes.subarray(at, at + 2), bytes.subarray(at + 4, end)]))
      at = end
    }
    return [...parts, bytes.subarray(at)]
  },
  join(parts) {
    const [head, ...rest] = parts
    const scans = rest.pop() ?? Buffer.alloc(0)
    const segments = rest.flatMap((part) => [part.subarray(0, 2), u16(part.length), part.subarray(2)])
    return Buffer.concat([head!, ...segments, scans])
  },
}

/** Boxes that hold boxes, and the bytes before the first of them. */
const containers: Readonly<Record<string, number>> = { meta: 4, iprp: 0, ipco: 0 }

const bmff: Structure = {
  split: (bytes) => [...boxes(bytes)],
  join: (parts) => Buffer.concat(parts.map(sized)),
}

/** Boxes with the places of their lengths set to zero; the lengths come back with `sized`. */
function* boxes(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at + 8 <= bytes.length;) {
    const size = bytes.readUInt32BE(at)
    if (size < 8 || at + size > bytes.length) return yield bytes.subarray(at)
    yield bytes.subarray(at, at + size)
    at += size
  }
}

function sized(box: Buffer): Buffer {
  if (box.length < 8) return box
  const head = containers[box.toString('latin1', 4, 8)]
  const body =
    head === undefined
      ? [box.subarray(8)]
      : [box.subarray(8, 8 + head), ...[...boxes(box.subarray(8 + head))].map(sized)]
  const whole = Buffer.concat([box.subarray(0, 8), ...body])
  whole.writeUInt32BE(whole.length)
  return whole
}

/** Pieces of a file whose places lie in it: what is put in or taken out moves all others. */
const pieces: Structure = {
  split: (bytes) =>
    [bytes.subarray(0, 64), bytes.subarray(64, 256), bytes.subarray(256)].filter(({ length }) => length > 0),
  join: (parts) => Buffer.concat(parts),
}

/** By format. */
export const structures: Readonly<Record<string, Structure>> = {
  PNG: png,
  WebP: webp,
  JPEG: jpeg,
  AVIF: bmff,
  HEIC: bmff,
  GIF: pieces,
  TIFF: pieces,
  BMP: pieces,
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(Math.min(value, 0xffff))
  return bytes
}
