import type { OpenSide } from '../side.js'
import { extractSides } from './extract.js'
import { int8Sides } from './int8.js'
import { predictSides } from './predict.js'
import { sessionSides } from './sessions.js'

/** What is measured in processes of its own, by section and name. */
export const sides: Readonly<Record<string, Readonly<Record<string, OpenSide>>>> = {
  predict: predictSides,
  extract: extractSides,
  int8: int8Sides,
  sessions: sessionSides,
}
