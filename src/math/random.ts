/** A reproducible stream of pseudo-random numbers; not for secrets. */
export interface Random {
  /** Uniform in [0, 1), with 32 random bits. */
  next(): number
  /** Uniform in 0..n-1, for n in 1..2^32; throws RangeError for any other. */
  integer(n: number): number
  /** Standard normal. */
  normal(): number
  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<T extends unknown[]>(array: T): T
}

/**
 * A stream from a seed, the same on every machine: sfc32 by Chris Doty-Humphrey (PractRand, public domain). A number
 * and its decimal text are the same seed.
 */
export function createRandom(seed: number | string): Random {
  let [a, b, c] = hashWords(String(seed))
  let counter = 1

  function nextWord(): number {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return sum >>> 0
  }

  // Similar seeds give similar states; a few rounds make them differ in every bit.
  for (let round = 0; round < 15; round++) nextWord()

  function next(): number {
    return nextWord() / 2 ** 32
  }

  function integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) throw new RangeError(`integer(n) needs 1 <= n <= 2^32, not ${n}`)
    return Math.floor(next() * n)
  }

  /** Box-Muller; 1 - next() is never 0, so the logarithm is finite. */
  function normal(): number {
    return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  }

  function shuffle<T extends unknown[]>(array: T): T {
    for (let last = array.length - 1; last > 0; last--) {
      const other = integer(last + 1)
      const swapped = array[last]
      array[last] = array[other]
      array[other] = swapped
    }
    return array
  }

  return { next, integer, normal, shuffle }
}

/**
 * Hashes a text into three words: FNV-1a over its UTF-16 units, then MurmurHash3's finaliser on three offsets of the
 * hash.
 */
function hashWords(text: string): [number, number, number] {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return [finalise(hash), finalise(hash + 0x9e3779b9), finalise(hash + 0x3c6ef372)]
}

function finalise(word: number): number {
  let mixed = word | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
