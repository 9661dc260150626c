/** A message in protobuf's text format: its fields, in order. */
export interface Message {
  readonly [field: string]: Value | readonly number[] | readonly Message[]
}

/** A field's value; `symbol` is the name of an enum value. */
type Value = string | number | { readonly symbol: string } | Message

/** Writes a message as text; a list of messages becomes a repeated field. */
export function textProto(message: Message, indent = ''): string {
  const inner = (field: string, value: Message) => `${indent}${field} {\n${textProto(value, `${indent}  `)}${indent}}\n`
  return Object.entries(message)
    .map(([field, value]) => {
      if (isNumbers(value)) return `${indent}${field}: [ ${value.join(', ')} ]\n`
      if (isMessages(value)) return value.map((item) => inner(field, item)).join('')
      if (typeof value === 'string') return `${indent}${field}: ${quoted(value)}\n`
      if (typeof value === 'number') return `${indent}${field}: ${value}\n`
      if (isSymbol(value)) return `${indent}${field}: ${value.symbol}\n`
      return inner(field, value)
    })
    .join('')
}

function isNumbers(value: Message[string]): value is readonly number[] {
  return Array.isArray(value) && typeof value[0] === 'number'
}

function isMessages(value: Message[string]): value is readonly Message[] {
  return Array.isArray(value)
}

function isSymbol(value: { readonly symbol: string } | Message): value is { readonly symbol: string } {
  return typeof value.symbol === 'string'
}

/** Half a surrogate pair is no text; a byte above 0x7f would be a part of a character. */
function quoted(text: string): string {
  const whole = Buffer.from(text).toString()
  return `"${whole.replace(/["\\]/g, '\\$&').replace(/\p{Cc}/gu, asByte)}"`
}

function asByte(character: string): string {
  if (character > '\x7f') return character
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}
