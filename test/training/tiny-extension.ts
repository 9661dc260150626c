import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ExtendOptions } from '../../src/training/extend-options.js'
import { extendModel, type ExtendResult } from '../../src/workflow/extend.js'
import { createRandom } from '../../src/math/random.js'
import { encoder, paint } from '../image/pictures.js'
import { side, writeTinyClassifier } from '../support/tiny-classifier-file.js'

/** How the tiny classifier takes its pictures. */
export const input = {
  mean: [0.5, 0.5, 0.5],
  std: [0.25, 0.25, 0.25],
  channels: 'RGB',
  size: { width: side, height: side },
} as const

/** A folder in which a tiny classifier is extended, with a cache of its own. */
export interface TinyPlace {
  readonly cacheDir: string
  /** The classifier that nothing was added to. */
  readonly model: string
  path(...names: string[]): string
  /** Draws noisy pictures of one colour a class: folders `name`/`class`/ with so many pictures each. */
  draw(name: string, classes: Readonly<Record<string, number>>): Promise<string>
  /** Extends the classifier, or the bundle `bundle` where that is there. */
  add(options: Partial<ExtendOptions> & Pick<ExtendOptions, 'add'>): Promise<ExtendResult>
}

/** @param write writes the classifier */
export function tinyPlace(folder: string, classes = 10, write = writeTinyClassifier): TinyPlace {
  const path = (...names: string[]) => join(folder, ...names)
  const cacheDir = path('cache')
  const model = path('tiny.onnx')
  write(model, classes)
  return {
    cacheDir,
    model,
    path,
    async draw(name, pictures) {
      rmSync(path(name), { recursive: true, force: true })
      for (const [label, count] of Object.entries(pictures)) {
        mkdirSync(path(name, label), { recursive: true })
        const random = createRandom(`${name} ${label}`)
        const colour = [0, 1, 2].map(() => 40 + random.integer(170))
        for (let i = 0; i < count; i++) {
          const value = (channel: number) => colour[channel]! + Math.round(15 * random.normal())
          const byte = (channel: number) => Math.max(0, Math.min(255, value(channel)))
          await encoder(paint(side, side, () => [byte(0), byte(1), byte(2)]))
            .png()
            .toFile(path(name, label, `${i}.png`))
        }
      }
      return path(name)
    },
    add: (options) => extendModel({ model, input, device: 'cpu', cacheDir, out: path('bundle'), ...options }),
  }
}
