import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom } from '../../src/math/random.js'
import { encoder, paint } from '../image/pictures.js'
import { side } from './tiny-classifier-file.js'

/** Which way the stripes of a class go. */
const ways = {
  across: (_x: number, y: number) => y,
  down: (x: number) => x,
  checked: (x: number, y: number) => ((x >> 1) ^ (y >> 1) ? 2 : 0),
} as const

/** Classes that differ in the way of their stripes alone, a dark and a bright colour: `folder`/`class`/. */
export async function drawStripes(folder: string, images: number, of: readonly (keyof typeof ways)[]): Promise<string> {
  rmSync(folder, { recursive: true, force: true })
  for (const way of of) {
    mkdirSync(join(folder, way), { recursive: true })
    const random = createRandom(`stripes ${way}`)
    for (let i = 0; i < images; i++) {
      const [one, other] = [20, 170].map((least) => [0, 1, 2].map(() => least + random.integer(60)))
      const start = random.integer(4)
      const noise = () => Math.round(8 * random.normal())
      const picture = paint(side, side, (x, y) => {
        const colour = (ways[way](x, y) + start) % 4 < 2 ? one! : other!
        return colour.map((value) => Math.max(0, Math.min(255, value + noise()))) as [number, number, number]
      })
      await encoder(picture)
        .png()
        .toFile(join(folder, way, `${i}.png`))
    }
  }
  return folder
}
