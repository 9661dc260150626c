import { NpluskError } from '../core/errors.js'
import { count } from './format.js'

/** The error that ends a prediction of which some images could not be read. */
export function unreadableImages(unreadable: number, total: number): NpluskError {
  const message = `${unreadable} of ${count(total, 'image')} could not be read; mend or remove ${unreadable === 1 ? 'it' : 'them'}.`
  return new NpluskError('BAD_INPUT', message)
}

/** The same for one whose answers are in a file, which are not made again. */
export function unreadableInFile(unreadable: number, total: number, out: string): NpluskError {
  const images = `${unreadable} of ${count(total, 'image')} could not be read`
  const [why, them] =
    unreadable === 1
      ? [`its line in ${out} says why, and --resume keeps it`, 'it']
      : [`their lines in ${out} say why, and --resume keeps them`, 'them']
  const message = `${images}; ${why}: once mended, predict ${them} into another --out.`
  return new NpluskError('BAD_INPUT', message)
}
