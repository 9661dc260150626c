import type { TargetMaker } from './flip.js'

/** What bits are flipped in, by name; attempts go to each in turn. */
export const targets: Readonly<Record<string, TargetMaker>> = {}
