import { copyFile, mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import sharp = require('sharp')
import { createRandom, type Random } from '../../src/math/random.js'

/** A copy of a data set to plant faults in, seeded. */
export interface Field {
  readonly folder: string
  readonly classes: readonly string[]
  readonly random: Random
}

/** Copies a folder of class folders, at most `most` pictures of each class. */
export async function copyDataSet(from: string, folder: string, seed: number, most = Infinity): Promise<Field> {
  const classes = (await readdir(from)).sort()
  for (const one of classes) {
    await mkdir(join(folder, one), { recursive: true })
    const files = (await readdir(join(from, one))).sort().slice(0, most)
    await Promise.all(files.map((file) => copyFile(join(from, one, file), join(folder, one, file))))
  }
  return { folder, classes, random: createRandom(`plants:${seed}`) }
}

/** Moves a share of the pictures into folders of other classes. @returns their new paths */
export async function moveIntoWrongFolders({ folder, classes, random }: Field, share: number): Promise<string[]> {
  const files = await filesOf({ folder, classes })
  const chosen = random.shuffle([...files]).slice(0, Math.round(share * files.length))
  return Promise.all(
    chosen.map(async ({ file, name }) => {
      const others = classes.filter((other) => other !== name)
      const target = join(folder, others[random.integer(others.length)]!, `moved-${name}-${file}`)
      await rename(join(folder, name, file), target)
      return target
    }),
  )
}

/**
 * Puts changed copies of pictures into folders of other classes: cropped by up to 4 % on every side, reduced to 60–100
 * % and saved with JPEG quality 60–90.
 *
 * @returns pairs of original and copy
 */
export async function plantNearDuplicates(field: Field, count: number): Promise<[original: string, copy: string][]> {
  const { folder, classes, random } = field
  const chosen = random.shuffle([...(await filesOf(field))]).slice(0, count)
  const pairs: [string, string][] = []
  for (const { file, name } of chosen) {
    const others = classes.filter((other) => other !== name)
    const original = join(folder, name, file)
    const copy = join(folder, others[random.integer(others.length)]!, `copy-${name}-${file}.jpg`)
    await writeFile(copy, await changed(original, random))
    pairs.push([original, copy])
  }
  return pairs
}

async function changed(file: string, random: Random): Promise<Buffer> {
  const { autoOrient } = await sharp(file).metadata()
  const { width, height } = autoOrient
  const cut = () => 0.04 * random.next()
  const [left, top, right, bottom] = [cut() * width, cut() * height, cut() * width, cut() * height].map(Math.floor)
  const size = { width: width - left! - right!, height: height - top! - bottom! }
  const factor = 0.6 + 0.4 * random.next()
  return sharp(file)
    .autoOrient()
    .extract({ left: left!, top: top!, ...size })
    .resize(Math.round(factor * size.width), Math.round(factor * size.height), { fit: 'fill' })
    .jpeg({ quality: 60 + random.integer(31) })
    .toBuffer()
}

/** Puts pictures of another data set into the class folders in turn, or into those named. @returns their paths */
export async function plantStrangers(
  { folder, classes, random }: Field,
  from: string,
  count: number,
  into: readonly string[] = classes,
): Promise<string[]> {
  const strangers = await filesOf({ folder: from, classes: (await readdir(from)).sort() })
  const chosen = random.shuffle([...strangers]).slice(0, count)
  return Promise.all(
    chosen.map(async ({ file, name }, i) => {
      const target = join(folder, into[i % into.length]!, `stranger-${name}-${file}`)
      await copyFile(join(from, name, file), target)
      return target
    }),
  )
}

/** Saves all pictures of a class again as JPEG of this quality. */
export async function saveAgain({ folder }: Field, name: string, quality: number): Promise<void> {
  for (const file of await readdir(join(folder, name))) {
    const path = join(folder, name, file)
    // Read at once, since sharp may not write to the file that it reads.
    const bytes = await sharp(path).autoOrient().jpeg({ quality }).toBuffer()
    await writeFile(extname(path) === '.jpg' ? path : `${path}.jpg`, bytes)
  }
}

async function filesOf({
  folder,
  classes,
}: Pick<Field, 'folder' | 'classes'>): Promise<{ name: string; file: string }[]> {
  const lists = await Promise.all(
    classes.map(async (name) => (await readdir(join(folder, name))).sort().map((file) => ({ name, file }))),
  )
  return lists.flat()
}
