/** The share of the time that what is done seldom may take. */
const most = 0.05

/**
 * Does something each time that it is called, but for those too soon after the last.
 *
 * @returns what `act` gives, or `undefined` where it was not done
 */
export function seldom<Result>(act: () => Promise<Result>): () => Promise<Result | undefined> {
  let ended = performance.now()
  let took = 0
  return async () => {
    const began = performance.now()
    if (began - ended < took / most) return undefined
    const result = await act()
    ended = performance.now()
    took = ended - began
    return result
  }
}
