import type { SpeedSection } from '../section.js'
import { add } from './add.js'
import { classes } from './classes.js'
import { extract } from './extract.js'
import { incrementsSection } from './increments.js'
import { int8 } from './int8.js'
import { layers } from './layers.js'
import { predict } from './predict.js'
import { scale } from './scale.js'
import { sessions } from './sessions.js'
import { startup } from './startup.js'
import { train } from './train.js'
import { transformers } from './transformers.js'

/** In the order in which they run. */
export const sections: readonly SpeedSection[] = [
  predict,
  extract,
  int8,
  sessions,
  classes,
  layers,
  transformers,
  startup,
  add,
  incrementsSection,
  train,
  scale,
]
