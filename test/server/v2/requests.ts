/** What a request to the service sends. */
export interface Sent {
  /** An object is sent as JSON. */
  readonly payload?: object | string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer of the service. */
export interface Received {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
  json(): unknown
}

/** Sends a request; a POST where it has a payload. */
export async function send(url: string, { payload, headers = {} }: Sent = {}): Promise<Received> {
  const plain = typeof payload === 'string' || payload instanceof Uint8Array
  const response = await fetch(
    url,
    payload === undefined ? { headers } : { method: 'POST', headers, body: plain ? payload : JSON.stringify(payload) },
  )
  const body = Buffer.from(await response.arrayBuffer())
  return { status: response.status, headers: response.headers, body, json: () => JSON.parse(body.toString()) }
}

/** An inference request as the binary data extension has it: JSON, then the bytes of its tensors. */
export function withBytes(json: object, ...tensors: readonly Uint8Array[]) {
  const header = Buffer.from(JSON.stringify(json))
  return {
    headers: {
      'content-type': 'application/octet-stream',
      'inference-header-content-length': String(header.length),
    },
    payload: Buffer.concat([header, ...tensors]),
  }
}

/** The bytes of a BYTES tensor. */
export function byteElements(elements: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    elements.flatMap((element) => {
      const length = new DataView(new ArrayBuffer(4))
      length.setUint32(0, element.length, true)
      return [Buffer.from(length.buffer), element]
    }),
  )
}

/** An input of encoded pictures in JSON. */
export function encodedInput(pictures: readonly Buffer[]) {
  const data = pictures.map((picture) => picture.toString('base64'))
  return { name: 'image', shape: [pictures.length], datatype: 'BYTES', data }
}

export interface Answer {
  readonly model_name: string
  readonly model_version: string
  readonly id?: string
  readonly outputs: readonly {
    readonly name: string
    readonly datatype: string
    readonly shape: readonly number[]
    readonly data?: readonly (number | string)[]
    readonly parameters?: { readonly binary_data_size: number }
  }[]
}

/** The values of an answer's tensors by name, read from JSON or from the bytes behind it. */
export function readAnswer({ body, headers }: Pick<Received, 'body' | 'headers'>): {
  readonly json: Answer
  readonly values: Readonly<Record<string, readonly (number | string)[]>>
} {
  const begin = Number(headers.get('inference-header-content-length') ?? body.length)
  const json = JSON.parse(body.subarray(0, begin).toString()) as Answer
  let at = begin
  const values = json.outputs.map(({ name, datatype, data, parameters }) => {
    if (data !== undefined) return [name, data] as const
    const bytes = body.subarray(at, (at += parameters!.binary_data_size))
    return [name, datatype === 'FP32' ? floats(bytes) : texts(bytes)] as const
  })
  if (at !== body.length) throw new Error(`${body.length - at} bytes of the answer belong to no tensor`)
  return { json, values: Object.fromEntries(values) }
}

function floats(bytes: Buffer): number[] {
  return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4))
}

function texts(bytes: Buffer): string[] {
  const found: string[] = []
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32LE(at)
    found.push(bytes.subarray(at + 4, end).toString())
    at = end
  }
  return found
}
