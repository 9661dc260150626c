/** An item of a HEIF file: what codes it, its data, the properties that it has and the items that it is made of. */
export interface Item {
  readonly type: string
  readonly data: Uint8Array
  /** Places among the properties, from 1. */
  readonly properties: readonly number[]
  /** Ids of the items that it derives from. */
  readonly from?: readonly number[]
}

export interface HeifFile {
  readonly brand: 'avif' | 'heic'
  /** Ids count from 1; the first is the picture. Data that several have are in the file once. */
  readonly items: readonly Item[]
  readonly properties: readonly Buffer[]
}

export function box(type: string, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(body.length + 8)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, body])
}

function full(type: string, version: number, ...content: readonly Uint8Array[]): Buffer {
  return box(type, Buffer.of(version, 0, 0, 0), Buffer.concat(content))
}

const u16 = (...values: readonly number[]) => {
  const bytes = Buffer.alloc(2 * values.length)
  values.forEach((value, i) => bytes.writeUInt16BE(value, 2 * i))
  return bytes
}

const u32 = (...values: readonly number[]) => {
  const bytes = Buffer.alloc(4 * values.length)
  values.forEach((value, i) => bytes.writeUInt32BE(value, 4 * i))
  return bytes
}

export function heif({ brand, items, properties }: HeifFile): Buffer {
  const type = box('ftyp', Buffer.from(brand), u32(0), Buffer.from(`mif1${brand}`))
  const references = items.flatMap(({ from }, i) =>
    from === undefined ? [] : [box('dimg', u16(i + 1, from.length), u16(...from))],
  )
  const meta = (start: number): Buffer => {
    let at = start
    const starts = new Map<Uint8Array, number>()
    for (const { data } of items) {
      if (starts.has(data)) continue
      starts.set(data, at)
      at += data.length
    }
    const places = items.map(({ data }, i) => Buffer.concat([u16(i + 1, 0, 1), u32(starts.get(data)!, data.length)]))
    return full(
      'meta',
      0,
      full('hdlr', 0, u32(0), Buffer.from('pict'), Buffer.alloc(13)),
      full('pitm', 0, u16(1)),
      full('iloc', 0, Buffer.of(0x44, 0), u16(items.length), ...places),
      full(
        'iinf',
        0,
        u16(items.length),
        ...items.map(({ type }, i) => full('infe', 2, u16(i + 1, 0), Buffer.from(`${type}\0`))),
      ),
      ...(references.length === 0 ? [] : [full('iref', 0, ...references)]),
      box(
        'iprp',
        box('ipco', ...properties),
        full(
          'ipma',
          0,
          u32(items.length),
          ...items.map(({ properties }, i) =>
            Buffer.concat([u16(i + 1), Buffer.of(properties.length), Buffer.from(properties)]),
          ),
        ),
      ),
    )
  }
  const length = type.length + meta(0).length + 8
  return Buffer.concat([type, meta(length), box('mdat', ...new Set(items.map(({ data }) => data)))])
}

export function extent(width: number, height: number): Buffer {
  return full('ispe', 0, u32(width, height))
}

/** The data of a grid: so many rows and columns, and its size. */
export function grid(rows: number, columns: number, width: number, height: number): Buffer {
  return Buffer.concat([Buffer.of(0, 1, rows - 1, columns - 1), u32(width, height)])
}

/** The first box of a type that lies anywhere in a file, found by its name; with its head. */
export function findBox(bytes: Uint8Array, type: string): Buffer {
  const buffer = Buffer.from(bytes)
  const at = buffer.indexOf(type, 0, 'latin1') - 4
  return buffer.subarray(at, at + buffer.readUInt32BE(at))
}

/** A picture as its decoder is set up for it and fed. */
export interface Coded {
  readonly brand: 'avif' | 'heic'
  readonly type: 'av01' | 'hvc1'
  readonly setUp: Buffer
  readonly data: Buffer
}
