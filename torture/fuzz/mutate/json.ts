import type { Random } from '../../../src/math/random.js'
import { nastyNames } from '../../../test/support/nasty-names.js'
import type { Mutator } from '../target.js'
import { bytesMutator, pick } from './bytes.js'

/** Stands for lists in lists, too deep for whoever goes through them with a function that calls itself. */
const deepWord = 'nested deeply'
const levels = 30_000
const deep = `${'['.repeat(levels)}${']'.repeat(levels)}`

const values: readonly unknown[] = [
  ...[null, true, false, '', ' ', 0, 1, -1, 0.5, 1e9, 2 ** 31, 2 ** 53, -1e308, 1e308, 1e-320],
  ...[[], {}, [null], [[]], [{}], { length: 1 }, { __proto__: null, toString: null }, { then: 1 }],
  ...['f'.repeat(64), 'a'.repeat(40), '0', 'null', '1e999', '../..', 'n01440764', deepWord, ...nastyNames],
]

const rough = bytesMutator(['null', '{}', '[]', '"', ',', ':', '\\u0000', '1e999', '"__proto__":', '\ufeff'])

/** Changes values, keys and the structure of JSON; now and then its bytes, as also where it is none. */
export const mutateJson: Mutator = (input, random, other) => {
  const value = parsed(input)
  if (value === undefined || random.next() < 0.05) return rough(input, random, other)
  const text = JSON.stringify(mutatedValue(value.json, random, parsed(other)?.json)) ?? 'null'
  return Buffer.from(text.replace(`"${deepWord}"`, deep))
}

/** One change somewhere in a value. @param other where further pieces come from */
export function mutatedValue(json: unknown, random: Random, other: unknown): unknown {
  const root = { json }
  const places = placesIn(root)
  const { holder, key } = pick(places, random)
  const anywhere = () => pick(placesIn({ other }), random)
  const changes: readonly (() => void)[] = [
    () => void (holder[key] = pick(values, random)),
    () => void (holder[key] = pick(values, random)),
    () => void (Array.isArray(holder) ? holder.splice(Number(key), 1) : Reflect.deleteProperty(holder, key)),
    () => {
      const from = anywhere()
      holder[key] = structuredClone(from.holder[from.key])
    },
    () => {
      const from = pick(places, random)
      holder[key] = structuredClone(from.holder[from.key])
    },
    () => {
      if (Array.isArray(holder)) holder.splice(Number(key), 0, structuredClone(holder[Number(key)]))
      else Object.defineProperty(holder, pick(nastyNames, random), { value: holder[key], enumerable: true })
    },
    () => {
      const value = holder[key]
      if (typeof value === 'number') holder[key] = value + pick([1, -1, 0.5, 1e6, -value, -2 * value], random)
      else if (typeof value === 'string') holder[key] = pick([`${value}x`, value.slice(1), value.toUpperCase()], random)
      else holder[key] = [value]
    },
  ]
  pick(changes, random)()
  return root.json
}

/** Arrays too are taken by key. */
interface Place {
  readonly holder: Record<string, unknown>
  readonly key: string
}

function placesIn(value: object): Place[] {
  return Object.keys(value).flatMap((key) => {
    const inner = (value as Record<string, unknown>)[key]
    const below = typeof inner === 'object' && inner !== null ? placesIn(inner) : []
    return [{ holder: value as Record<string, unknown>, key }, ...below]
  })
}

function parsed(bytes: Uint8Array): { readonly json: unknown } | undefined {
  const text = Buffer.from(bytes).toString()
  if (text.includes(deep)) return undefined
  try {
    return { json: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}
