/**
 * Checks of values that were read as JSON. A check returns the path from a value to its first fault, such as
 * `.classes[0].label`: empty for the value itself, `undefined` for a valid value.
 */
export type Check = (value: unknown) => string | undefined

export const integer = (least: number, most = Number.MAX_SAFE_INTEGER): Check =>
  that((value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most)
export const number = (least = -Number.MAX_VALUE, most = Number.MAX_VALUE): Check =>
  that((value) => typeof value === 'number' && value >= least && value <= most)
export const text = that((value) => typeof value === 'string')
export const name = that((value) => typeof value === 'string' && value !== '')
export const share = number(0, 1)
export const count = integer(0)

export function that(isValid: (value: unknown) => boolean): Check {
  return (value) => (isValid(value) ? undefined : '')
}

export function optional(check: Check): Check {
  return (value) => (value === undefined ? undefined : check(value))
}

export function nullable(check: Check): Check {
  return (value) => (value === null ? undefined : check(value))
}

export function list(check: Check, least = 0): Check {
  return (value) => {
    if (!Array.isArray(value) || value.length < least) return ''
    for (const [i, item] of value.entries()) {
      const fault = check(item)
      if (fault !== undefined) return `[${i}]${fault}`
    }
    return undefined
  }
}

export function object(fields: Readonly<Record<string, Check>>): Check {
  const checks = Object.entries(fields)
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return ''
    for (const [field, check] of checks) {
      const fault = check((value as Record<string, unknown>)[field])
      if (fault !== undefined) return `.${field}${fault}`
    }
    return undefined
  }
}

/** Whether a value has at most so many levels of objects and lists; who goes through more can run out of stack. */
export function nestsWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every((inner) => nestsWithin(inner, levels - 1))
}
