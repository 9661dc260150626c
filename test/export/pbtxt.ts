/** A parsed message in protobuf's text format: every field is a list, as any may be repeated. */
export interface Parsed {
  readonly [field: string]: readonly (string | number | Parsed)[]
}

/** JSON has other escapes for control characters. */
function withoutBytes(token: string): string {
  return token.replace(/\\(?:x([0-9a-f]{2})|.)/g, (escape, byte?: string) => (byte ? `\\u00${byte}` : escape))
}

/** Reads protobuf's text format: `name: value`, `name: [values]` and `name { … }`. */
export function parsePbtxt(text: string): Parsed {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g) ?? []
  let at = 0
  const scalar = (token: string) =>
    token.startsWith('"')
      ? (JSON.parse(withoutBytes(token)) as string)
      : /^-?[\d.]+$/.test(token)
        ? Number(token)
        : token
  const message = (end: string | undefined): Parsed => {
    const fields: Record<string, (string | number | Parsed)[]> = {}
    while (tokens[at] !== end) {
      const name = tokens[at++]
      if (name === undefined || !/^\w+$/.test(name)) throw new Error(`a field's name was expected, not ${name}`)
      const list = (fields[name] ??= [])
      const sign = tokens[at++]
      if (sign === '{') list.push(message('}'))
      else if (sign !== ':') throw new Error(`: or { was expected after ${name}, not ${sign}`)
      else if (tokens[at] === '[') {
        for (at++; tokens[at] !== ']'; at++) if (tokens[at] !== ',') list.push(scalar(tokens[at]!))
        at++
      } else list.push(scalar(tokens[at++]!))
    }
    at++
    return fields
  }
  return message(undefined)
}
