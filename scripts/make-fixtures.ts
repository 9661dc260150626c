/** Draws the pictures in fixtures/: `npm run build && node dist/scripts/make-fixtures.js`. */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { createRandom } from '../src/math/random.js'
import { flowers, type Drawing } from './fixtures/flowers.js'
import { objects } from './fixtures/objects.js'
import { between } from './fixtures/svg.js'

const root = fileURLToPath(new URL('../../fixtures/', import.meta.url))
const trainingImages = 12
const testImages = 3

await drawClasses('flowers', trainingImages)
await drawClasses('flowers-test', testImages)
await rm(join(root, 'objects'), { recursive: true, force: true })
await mkdir(join(root, 'objects'), { recursive: true })
for (const [name, drawing] of Object.entries(objects)) {
  await draw(drawing, name, { width: 299, height: 299 }, join(root, 'objects', `${name}.jpg`))
}

/** The folder's name is part of every seed, so no test picture is a training picture. */
async function drawClasses(folder: string, count: number): Promise<void> {
  await rm(join(root, folder), { recursive: true, force: true })
  for (const [name, drawing] of Object.entries(flowers)) {
    await mkdir(join(root, folder, name), { recursive: true })
    for (let number = 1; number <= count; number++) {
      const seed = `${folder}/${name}/${number}`
      const shape = createRandom(`${seed} shape`)
      const pixels = { width: Math.round(between(shape, 160, 240)), height: Math.round(between(shape, 160, 240)) }
      await draw(drawing, seed, pixels, join(root, folder, name, `${String(number).padStart(2, '0')}.jpg`))
    }
  }
}

async function draw(
  drawing: Drawing,
  seed: string,
  pixels: { width: number; height: number },
  file: string,
): Promise<void> {
  const size = { width: (100 * pixels.width) / pixels.height, height: 100 }
  const content = drawing(createRandom(seed), size)
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${pixels.width}" height="${pixels.height}" ` +
    `viewBox="0 0 ${size.width} ${size.height}">${content}</svg>`
  await sharp(Buffer.from(svg)).flatten({ background: 'white' }).jpeg({ quality: 80 }).toFile(file)
}
