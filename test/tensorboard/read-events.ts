/** An event file, read without anything of the program's own: a checksum bit by bit, fields byte by byte. */
export interface ReadEvent {
  readonly time: number
  readonly step: number
  readonly version: string | undefined
  readonly values: readonly { readonly tag: string; readonly value: number; readonly description: string | undefined }[]
}

type Field = readonly [number: number, content: Buffer | bigint]

/** @throws Error where a checksum or a length is wrong */
export function readEvents(file: Buffer): ReadEvent[] {
  const events: ReadEvent[] = []
  for (let at = 0; at < file.length;) {
    const head = file.subarray(at, at + 8)
    const length = Number(head.readBigUInt64LE())
    const body = file.subarray(at + 12, at + 12 + length)
    if (body.length !== length) throw new Error(`the record at ${at} is cut off`)
    for (const [bytes, place] of [
      [head, at + 8],
      [body, at + 12 + length],
    ] as const) {
      if (masked(bitwiseCrc(bytes)) !== BigInt(file.readUInt32LE(place))) throw new Error(`wrong checksum at ${place}`)
    }
    events.push(toEvent(fieldsOf(body)))
    at += 12 + length + 4
  }
  return events
}

/** CRC-32C by long division, one bit after the other, most significant first. */
function bitwiseCrc(bytes: Uint8Array): bigint {
  let rest = 0xffffffffn
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const top = (rest >> 31n) & 1n
      rest = (rest << 1n) & 0xffffffffn
      if (top !== BigInt((byte >> bit) & 1)) rest ^= 0x1edc6f41n
    }
  }
  return BigInt(`0b${[...rest.toString(2).padStart(32, '0')].reverse().join('')}`) ^ 0xffffffffn
}

function masked(crc: bigint): bigint {
  return (crc / 2n ** 15n + crc * 2n ** 17n + 0xa282ead8n) & 0xffffffffn
}

function fieldsOf(bytes: Buffer): Field[] {
  const fields: Field[] = []
  let at = 0
  const varint = () => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const take = (length: number) => bytes.subarray(at, (at += length))
  while (at < bytes.length) {
    const key = Number(varint())
    const wire = key & 7
    const content = wire === 0 ? varint() : wire === 1 ? take(8) : wire === 5 ? take(4) : take(Number(varint()))
    fields.push([key >> 3, content])
  }
  return fields
}

function toEvent(fields: readonly Field[]): ReadEvent {
  const find = (list: readonly Field[], wanted: number) => list.find(([number]) => number === wanted)?.[1]
  const text = (content: Buffer | bigint | undefined) => (content as Buffer | undefined)?.toString('utf8')
  const summary = find(fields, 5) as Buffer | undefined
  const values = summary === undefined ? [] : fieldsOf(summary).map(([, value]) => fieldsOf(value as Buffer))
  return {
    time: (find(fields, 1) as Buffer).readDoubleLE(),
    step: Number((find(fields, 2) as bigint | undefined) ?? 0n),
    version: text(find(fields, 3)),
    values: values.map((value) => {
      const metadata = find(value, 9) as Buffer | undefined
      return {
        tag: text(find(value, 1))!,
        value: (find(value, 2) as Buffer).readFloatLE(),
        description: metadata && text(find(fieldsOf(metadata), 3)),
      }
    }),
  }
}
