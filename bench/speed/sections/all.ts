import type { SpeedSection } from '../section.js'

/** In the order in which they run. */
export const sections: readonly SpeedSection[] = []
