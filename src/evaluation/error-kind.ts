/**
 * Kind of a wrong answer: an old image taken for a new class (leak), a new image taken for an old class (miss), or a
 * confusion among old or among new classes.
 */
export type ErrorKind = 'leak' | 'miss' | 'among-old' | 'among-new'

/**
 * @param truth the class that the image shows
 * @param isNew whether a class is an added one; a merged class counts as old
 * @returns `null` where the answer is right
 */
export function errorOf<Class>(truth: Class, answer: Class, isNew: (one: Class) => boolean): ErrorKind | null {
  if (answer === truth) return null
  if (isNew(truth)) return isNew(answer) ? 'among-new' : 'miss'
  return isNew(answer) ? 'leak' : 'among-old'
}
