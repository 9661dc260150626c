import { hasFurther, type Backbone } from '../features/backbone.js'

/** The name of the layer that a branch gives. */
export const branchLayer = 'branch'

/** Whether a backbone has a branch. */
export function hasBranch(backbone: Pick<Backbone, 'layers'>): boolean {
  return hasFurther(backbone) && backbone.layers.some(({ name }) => name === branchLayer)
}
