/** A number of places; each is entered when one is free, in the order asked for, and left by what entering gives. */
export function places(count) {
  const waiting = []
  const leave = () => (waiting.length > 0 ? waiting.shift()() : count++)
  return async () => {
    if (count > 0) count--
    else await new Promise((resolve) => waiting.push(resolve))
    return leave
  }
}
