import { cp, mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createRandom } from '../../src/math/random.js'

/** A picture: its path below the folder of all, and the file that it is a copy of. */
export interface Picture {
  readonly path: string
  readonly source: string
}

/**
 * What is learned, from the drawn flowers: names that languages sort and write large in their own ways, pictures that
 * are copies of others, more of a class that is there, and files that are passed over.
 *
 * @param fixtures the folder of drawings
 */
export async function listPictures(fixtures: string): Promise<Picture[]> {
  const folders = [
    ['flowers/İris', 'flowers/bluebell'],
    ['flowers/iris', 'flowers/orchid'],
    ['flowers/zinnia', 'flowers/poppy'],
    ['flowers/Ährenlilie', 'flowers/snowdrop'],
    ['more/zinnia', 'flowers-test/poppy'],
    ['more/ıris', 'flowers/water-lily'],
    ['test/zinnia', 'flowers-test/poppy'],
    ['test/iris', 'flowers-test/orchid'],
  ] as const
  const lists = await Promise.all(
    folders.map(async ([path, source]) => {
      const names = (await readdir(join(fixtures, source))).sort()
      return names.map((name) => ({ path: join(path, name), source: join(fixtures, source, name) }))
    }),
  )
  const copied = join(fixtures, 'flowers/poppy/01.jpg')
  return [
    ...lists.flat(),
    { path: 'flowers/zinnia/Z.jpg', source: copied },
    { path: 'flowers/zinnia/a copy.jpg', source: copied },
    { path: 'flowers/README.md', source: join(fixtures, 'README.md') },
  ]
}

/** Puts the pictures below a folder, in an order drawn by a seed. */
export async function putPictures(pictures: readonly Picture[], folder: string, seed: string): Promise<void> {
  for (const { path, source } of createRandom(`order ${seed}`).shuffle([...pictures])) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await cp(source, join(folder, path))
  }
}
