import { mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { NpluskError } from '../../core/errors.js'
import { checkNewName } from '../../folders/label.js'
import { thumbnail } from '../../image/thumbnail.js'
import { Problem } from '../problems.js'
import { unusablePicture } from '../unusable-picture.js'
import type { TeachingLimits } from './limits.js'
import { withoutPaths } from './words/without-paths.js'

/** A picture of a lesson. */
export interface Upload {
  /** Its id, which names its file as well. */
  readonly image: string
  readonly label: string
  /** What the client calls it: a text, never a path here. */
  readonly file: string
  readonly bytes: number
}

/** A class of a lesson, in the order in which classes came. */
export interface LessonClass {
  readonly label: string
  readonly images: readonly Upload[]
}

/** Longest name of a picture that is kept, in characters. */
const maxFileName = 255

/** The pictures of one lesson, in a folder of their own. Files are named by ids, and by nothing that a client sent. */
export class Pictures {
  readonly #folder: string
  readonly #limits: TeachingLimits
  readonly #uploads = new Map<string, Upload>()
  #ids = 0
  /** Pictures and bytes, with those that are still being looked at. */
  #held = { images: 0, bytes: 0 }

  constructor(folder: string, limits: TeachingLimits) {
    this.#folder = folder
    this.#limits = limits
  }

  get size(): number {
    return this.#uploads.size
  }

  get bytes(): number {
    return [...this.#uploads.values()].reduce((sum, one) => sum + one.bytes, 0)
  }

  classes(): LessonClass[] {
    const byLabel = new Map<string, Upload[]>()
    for (const upload of this.#uploads.values()) {
      byLabel.set(upload.label, [...(byLabel.get(upload.label) ?? []), upload])
    }
    return [...byLabel].map(([label, images]) => ({ label, images }))
  }

  /** Makes the folder, which only this user may enter. */
  async open(): Promise<void> {
    await mkdir(this.#folder, { mode: 0o700 })
  }

  /**
   * Decodes a picture and keeps it.
   *
   * @param check throws where no picture may be added; asked again once this one is decoded and written
   * @throws Problem `bad-request` for the label, `too-large` at a limit, `unreadable-image`; what `check` throws
   */
  async add(label: string, file: string, content: Uint8Array, check: () => void = () => undefined): Promise<Upload> {
    check()
    const upload = {
      image: `p${++this.#ids}`,
      label: checkedLabel(label),
      file: [...file].slice(0, maxFileName).join(''),
      bytes: content.length,
    }
    this.#reserve(content.length)
    try {
      const small = await thumbnail(content, { maxPixels: this.#limits.pixels }).catch((error: unknown) => {
        throw unusable(error)
      })
      await writeFile(this.pathOf(upload.image), content, { mode: 0o600 })
      await writeFile(this.thumbnailOf(upload.image), small, { mode: 0o600 })
      check()
    } catch (error) {
      this.#release(content.length)
      await this.#delete(upload.image)
      throw error
    }
    this.#uploads.set(upload.image, upload)
    return upload
  }

  /** @throws Problem `not-found` */
  get(image: string): Upload {
    const upload = this.#uploads.get(image)
    if (upload === undefined) throw new Problem('not-found', 'The lesson has no such picture.')
    return upload
  }

  /** @throws Problem `not-found`, `bad-request` */
  move(image: string, label: string): Upload {
    const moved = { ...this.get(image), label: checkedLabel(label) }
    this.#uploads.set(image, moved)
    return moved
  }

  /** @throws Problem `not-found` */
  async remove(image: string): Promise<void> {
    const { bytes } = this.get(image)
    this.#uploads.delete(image)
    this.#release(bytes)
    await this.#delete(image)
  }

  /** @throws Problem `not-found` for a class without pictures */
  async removeClass(label: string): Promise<void> {
    const found = this.classes().find((one) => one.label === checkedLabel(label))
    if (found === undefined) throw new Problem('not-found', 'The lesson has no such class.')
    // All leave the lesson at once, before the first file goes: nobody is given half of the class.
    await Promise.all(found.images.map(({ image }) => this.remove(image)))
  }

  /** Deletes all files, whatever is still written. */
  async close(): Promise<void> {
    this.#uploads.clear()
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }

  pathOf(image: string): string {
    return join(this.#folder, image)
  }

  thumbnailOf(image: string): string {
    return join(this.#folder, `${image}.webp`)
  }

  /** The id of the picture that lies at a path; `undefined` for another path, as of a picture that is gone. */
  idOf(path: string): string | undefined {
    const image = basename(path)
    return this.#uploads.has(image) && this.pathOf(image) === path ? image : undefined
  }

  /** A text with the client's names in the place of paths. */
  named(text: string): string {
    return text.replaceAll(new RegExp(`${escaped(join(this.#folder, 'p'))}\\d+`, 'g'), (path) => {
      const upload = this.#uploads.get(basename(path))
      return upload?.file ?? 'a picture'
    })
  }

  #reserve(bytes: number): void {
    if (this.#held.images >= this.#limits.images)
      throw new Problem('too-large', `A lesson takes ${this.#limits.images} pictures; teach these first.`)
    if (this.#held.bytes + bytes > this.#limits.bytes) {
      const limit = Math.floor(this.#limits.bytes / 2 ** 20)
      throw new Problem(
        'too-large',
        `The pictures of a lesson may take ${limit} MiB; teach these first, or give smaller ones.`,
      )
    }
    this.#held = { images: this.#held.images + 1, bytes: this.#held.bytes + bytes }
  }

  #release(bytes: number): void {
    this.#held = { images: this.#held.images - 1, bytes: this.#held.bytes - bytes }
  }

  async #delete(image: string): Promise<void> {
    await rm(this.pathOf(image), { force: true })
    await rm(this.thumbnailOf(image), { force: true })
  }
}

function checkedLabel(label: string): string {
  try {
    return checkNewName(label)
  } catch (error) {
    if (error instanceof NpluskError) throw new Problem('bad-request', error.message, { cause: error })
    throw error
  }
}

/** As `unusablePicture`, but for a reason that names a path. */
function unusable(error: unknown): Problem {
  const problem = unusablePicture(error)
  if (withoutPaths(problem.message) !== undefined) return problem
  return new Problem(problem.type, 'The picture cannot be decoded.', { cause: error })
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
