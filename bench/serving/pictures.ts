import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { listImages } from '../../src/folders/folder.js'

/** A file to send, and whether it is a picture that can be read. */
export interface Sent {
  readonly file: string
  readonly isGood: boolean
}

/** Of so many pictures one is bad. */
const badEvery = 10

/**
 * Photographs of three data sets, taken in turn, and among them files that are none: cut off, of another kind, empty,
 * and a picture of 900 megapixels by its header.
 *
 * @param folder where the bad ones are written
 */
export async function picturesToSend(data: string, folder: string, count: number): Promise<Sent[]> {
  const sets = await Promise.all(
    ['imagenet-test', 'flowers/val', 'textures/val'].map((name) => allImages(join(data, name))),
  )
  const good = Array.from({ length: count }, (_, i) => {
    const files = sets[i % sets.length]!
    // Steps that reach every class of a set, whose files come class by class.
    return files[(Math.floor(i / sets.length) * 37) % files.length]!
  })
  const bad = await badFiles(folder, good[0]!)
  return good.map((file, i) =>
    i % badEvery === badEvery - 1
      ? { file: bad[Math.floor(i / badEvery) % bad.length]!, isGood: false }
      : { file, isGood: true },
  )
}

async function allImages(folder: string): Promise<string[]> {
  const { readdir } = await import('node:fs/promises')
  const entries = await readdir(folder, { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory())
  if (folders.length === 0) return listImages(folder)
  return (await Promise.all(folders.map(({ name }) => listImages(join(folder, name))))).flat()
}

async function badFiles(folder: string, photograph: string): Promise<string[]> {
  const whole = await readFile(photograph)
  const contents = {
    'cut.jpg': whole.subarray(0, whole.length / 2),
    'text.jpg': Buffer.from('no picture at all\n'.repeat(100)),
    'empty.jpg': Buffer.alloc(0),
    'huge.png': claimedPng(30_000),
    'script.svg': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
  }
  const files: string[] = []
  for (const [name, content] of Object.entries(contents)) {
    files.push(join(folder, name))
    await writeFile(files.at(-1)!, content)
  }
  return files
}

/** A PNG of a few bytes whose header announces a grey square. */
function claimedPng(side: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header[8] = 8
  const chunk = (type: string, data: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    // Without a check sum: nobody should come as far as that.
    return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)])
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.alloc(100)))])
}
