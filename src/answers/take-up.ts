import { NpluskError } from '../core/errors.js'
import { count } from '../core/numbers.js'
import type { ListedPicture } from './listed-picture.js'
import type { WrittenAnswer } from './written-answers.js'

/** How far an earlier run came. */
export interface TakenUp {
  readonly answered: number
  /** Pictures among these that could not be read. */
  readonly unreadable: number
  /** Lines among these that end in a carriage return too. */
  readonly withReturn: number
  /** Bytes of the file that hold whole answers. */
  readonly end: number
}

/**
 * Goes through a file's answers and a list of pictures side by side: line i must answer picture i. Nothing is kept of
 * either, so that this takes no memory. The list stands behind the last answered picture then.
 *
 * @param onRead called after each answer, with the bytes up to its end
 * @throws NpluskError `CONFLICT` where the file answers another list; whatever reading the file or the list throws
 */
export async function takeUp(
  out: string,
  answers: AsyncIterable<WrittenAnswer>,
  pictures: AsyncIterator<ListedPicture>,
  onRead: (end: number) => void = () => undefined,
): Promise<TakenUp> {
  let answered = 0
  let unreadable = 0
  let withReturn = 0
  let end = 0
  for await (const answer of answers) {
    const next = await pictures.next()
    if (next.done) {
      throw otherList(`${out} answers more than the ${count(answered, 'picture')} of this list`)
    }
    answered++
    if (next.value.file !== answer.file) {
      throw otherList(
        `Line ${answered} of ${out} answers "${answer.file}", and picture ${answered} of this list is "${next.value.file}"`,
      )
    }
    if (answer.isError) unreadable++
    if (answer.endsInReturn) withReturn++
    end = answer.end
    onRead(end)
  }
  return { answered, unreadable, withReturn, end }
}

function otherList(problem: string): NpluskError {
  return new NpluskError('CONFLICT', `${problem}; give the list that it was begun with, or another file.`)
}
