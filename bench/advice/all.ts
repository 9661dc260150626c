import type { Section } from '../accuracy/section.js'
import { curve } from './curve.js'
import { expected } from './expected.js'
import { samples } from './samples.js'
import { shift } from './shift.js'
import { suggest } from './suggest.js'

/** All parts, in the order of the report. */
export const sections: readonly Section[] = [shift, samples, expected, curve, suggest]
