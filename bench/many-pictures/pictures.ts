import { link, mkdir, readFile, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { listImages } from '../../src/folders/folder.js'

/** Longer side of small pictures. */
const side = 64
/** Photographs that links lead to, and pictures in one folder. */
const sources = 300
const perFolder = 1000

/** Links names to small pictures made of photographs, a thousand in a folder. */
export async function linkSmallPictures(photographs: string, to: string, count: number): Promise<void> {
  const small = `${to}-small`
  await mkdir(small, { recursive: true })
  const files = (await listImages(photographs)).slice(0, sources)
  const made = files.map((_, i) => join(small, `${i}.jpg`))
  for (const [i, file] of files.entries()) {
    const image = sharp(await readFile(file)).resize(side, side, { fit: 'inside' })
    await image.jpeg().toFile(made[i]!)
  }
  await linkAll(made, to, count, link)
}

/** Links names to photographs. */
export async function linkPhotographs(photographs: string, to: string, count: number): Promise<void> {
  await linkAll(
    (await listImages(photographs)).map((file) => resolve(file)),
    to,
    count,
    symlink,
  )
}

async function linkAll(
  files: readonly string[],
  to: string,
  count: number,
  make: (file: string, path: string) => Promise<void>,
): Promise<void> {
  for (let i = 0; i < count; i++) {
    const folder = join(to, `${Math.floor(i / perFolder)}`.padStart(4, '0'))
    if (i % perFolder === 0) await mkdir(folder, { recursive: true })
    await make(files[i % files.length]!, join(folder, `${i}.jpg`))
  }
}
