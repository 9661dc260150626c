import type { TransferCase } from './findings.js'

/** Images a class from which on there are many. */
const manyImages = 100
/**
 * Images are unlike those that the base model learned from where it is so unsure of them, in nats: more so than of
 * flowers, less than of textures (`known-shifts.ts`).
 */
const unlikeFrom = 1

/**
 * Which of the four classic cases of transfer learning a data set is: few or many images a class, like or unlike those
 * that the base model learned from.
 *
 * @param images in the mean of the classes
 * @param unsureness as in `DomainShift`
 */
export function transferCase(images: number, unsureness: number): TransferCase {
  return `${images >= manyImages ? 'many' : 'few'}-${unsureness < unlikeFrom ? 'like' : 'unlike'}`
}
