import type { Section } from '../section.js'
import { datafree } from './datafree.js'
import { fewshot } from './fewshot.js'
import { flowers } from './flowers.js'
import { heads } from './heads.js'
import { imbalance } from './imbalance.js'
import { increments, sequence } from './increments.js'
import { reject } from './reject.js'
import { tradeoff } from './tradeoff.js'

/** The whole protocol, in the order of the report. */
export const sections: readonly Section[] = [
  flowers,
  fewshot,
  imbalance,
  increments,
  sequence,
  datafree,
  reject,
  tradeoff,
  heads,
]
