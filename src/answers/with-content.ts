import { NpluskError } from '../core/errors.js'
import type { ImageSource } from '../evaluation/score-images.js'
import type { ListedPicture } from './listed-picture.js'

/** The pictures of a list as a classifier takes them: those in archives with their content. */
export async function* withContent(pictures: AsyncIterable<ListedPicture>): AsyncGenerator<ImageSource, void, void> {
  for await (const { file, content } of pictures) yield content === undefined ? file : await read(file, content)
}

async function read(file: string, content: () => Promise<Uint8Array>): Promise<ImageSource> {
  try {
    return { file, bytes: await content() }
  } catch (error) {
    if (error instanceof NpluskError) return { file, error }
    throw error
  }
}
