import { messageOf, NpluskError } from '../core/errors.js'

/** Known messages of ONNX Runtime about graphs it refuses, most specific first, each with our explanation. */
const known: readonly { readonly pattern: RegExp; readonly explain: (match: RegExpMatchArray) => string }[] = [
  {
    pattern: /Fatal error: (?:([\w.]+):)?(\w+)\(-?\d+\) is not a registered/,
    explain: ([, domain, operator]) => customOperator(operator!, domain),
  },
  {
    pattern: /, (\w+), "([\w.]*)", -?\d+\).*No (?:Op registered for|opset import for domain)/,
    explain: ([, operator, domain]) => customOperator(operator!, domain),
  },
  {
    pattern: /In Node, \("([^"]*)", (\w+),.*Error (.+?)\.?$/m,
    explain: ([, name, operator, fault]) =>
      `ONNX Runtime cannot load the model: its node ${name} (${operator}) is not valid (${fault}); export it again, with another version.`,
  },
  {
    pattern: /Type 'tensor\((\w+)\)' of input parameter \([^)]*\) of operator \((\w+)\) in node \(([^)]*)\) is invalid/,
    explain: ([, type, operator, name]) =>
      `ONNX Runtime cannot run the model: its node ${name} (${operator}) computes in ${type}, which that operator does not take; export it with float32 or float16.`,
  },
  {
    pattern: /Opset (\d+) is under development.*till opset (\d+)/,
    explain: ([, opset, newest]) =>
      `The model is of ONNX opset ${opset}, and ONNX Runtime here knows those up to ${newest}; export it with an older one.`,
  },
  {
    pattern: /Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
    explain: ([, version, newest]) =>
      `The model is of ONNX's file format ${version}, and ONNX Runtime here knows those up to ${newest}; export it with an older one.`,
  },
]

/** The error for a graph that ONNX Runtime refuses to load. */
export function modelRefusal(cause: unknown): NpluskError {
  const text = messageOf(cause)
  for (const { pattern, explain } of known) {
    const match = text.match(pattern)
    if (match) return new NpluskError('BAD_MODEL', explain(match), { cause })
  }
  return new NpluskError('BAD_MODEL', `ONNX Runtime cannot load the model: ${firstLine(cause)}.`, { cause })
}

/** The error for a graph that loads and then fails to run. */
export function runFailure(cause: unknown, provider: 'cpu' | 'cuda'): NpluskError {
  const problem = `ONNX Runtime cannot run the model: ${firstLine(cause)}`
  const isFull = /alloc|out of memory/i.test(messageOf(cause))
  if (provider === 'cuda' && !isFull) {
    return new NpluskError('BAD_MODEL', `${problem}.`, { cause, remedy: { kind: 'use-cpu' } })
  }
  const remedy = isFull ? 'free some memory and try again' : 'fetch it again'
  return new NpluskError('BAD_MODEL', `${problem}; ${remedy}.`, { cause })
}

/** The first line of a thrown error's message, without its full stop. */
export function firstLine(cause: unknown): string {
  return messageOf(cause).split('\n', 1)[0]!.replace(/\.$/, '')
}

function customOperator(operator: string, domain = ''): string {
  const name = domain === '' ? operator : `${operator} of ${domain}`
  return `The model uses the custom operator ${name}, which ONNX Runtime does not have; export it with standard operators alone.`
}
