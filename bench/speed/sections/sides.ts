import type { OpenSide } from '../side.js'
import { extractSides } from './extract.js'
import { predictSides } from './predict.js'

/** What is measured in processes of its own, by section and name. */
export const sides: Readonly<Record<string, Readonly<Record<string, OpenSide>>>> = {
  predict: predictSides,
  extract: extractSides,
}
