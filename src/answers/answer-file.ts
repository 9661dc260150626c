import { open, type FileHandle } from 'node:fs/promises'
import { ioError, NpluskError } from '../core/errors.js'
import { holdLock, type Release } from '../core/hold-lock.js'

/** Milliseconds for which lines are gathered before they are written and flushed to the disk: one step. */
const stepEvery = 1_000
/** Bytes of lines with which a step begins at once. */
const stepSize = 2 ** 20

/**
 * The part at a file's end, in bytes, that a power failure may damage: what is written and not yet flushed, which is a
 * step and the line that made it full. Four times as much, as a line may be long.
 */
export const unflushedAtMost = 4 * stepSize

/**
 * A file that lines are appended to, whole lines alone being kept whatever happens. Lines go to the disk in steps: they
 * are written behind the last step, flushed, and only then count as part of the file. What a step cannot write is cut
 * off again. A process that is killed loses the lines of one step, and may leave a part of a line at the end.
 */
export class AnswerFile implements AsyncDisposable {
  readonly #path: string
  readonly #file: FileHandle
  readonly #release: Release
  /** Bytes of the steps that are done. */
  #length: number
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #timer: NodeJS.Timeout | undefined
  #lastStep: Promise<void> = Promise.resolve()
  #failure: unknown
  /** Whether a caller has got the failure. */
  #isTold = false

  private constructor(path: string, file: FileHandle, release: Release, length: number) {
    this.#path = path
    this.#file = file
    this.#release = release
    this.#length = length
  }

  /**
   * Opens a file, or makes an empty one. Must be closed.
   *
   * @throws NpluskError `CONFLICT` while another process writes to it; `IO`
   */
  static async open(path: string): Promise<AnswerFile> {
    const file = await openOrMake(path)
    try {
      const release = await holdLock(path, path)
      if (release === undefined) {
        throw new NpluskError('CONFLICT', `Another process is writing to ${path}; wait until it has ended, or end it.`)
      }
      return new AnswerFile(path, file, release, (await file.stat()).size)
    } catch (error) {
      await file.close()
      throw ioError(error, `write ${path}`)
    }
  }

  /** Bytes of whole lines on the disk. */
  get length(): number {
    return this.#length
  }

  /** Cuts off all behind a length, for good. Not while lines are waiting. */
  async cut(length: number): Promise<void> {
    if (length === this.#length) return
    try {
      await this.#file.truncate(length)
      await this.#file.sync()
    } catch (error) {
      throw ioError(error, `write ${this.#path}`)
    }
    this.#length = length
  }

  /**
   * Appends a line, without its end. Waits where lines come faster than the disk takes them.
   *
   * @throws NpluskError `IO` where the file system refused this line or an earlier one
   */
  async append(line: string): Promise<void> {
    if (this.#failure !== undefined) throw this.#told()
    const bytes = Buffer.from(`${line}\n`)
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    this.#timer ??= setTimeout(() => void this.#step().catch(() => undefined), stepEvery)
    if (this.#waitingBytes >= stepSize) {
      await this.#step().catch(() => {
        throw this.#told()
      })
    }
  }

  /**
   * Writes what is waiting, and closes the file.
   *
   * @throws NpluskError `IO` where the file system refused a line, unless `append` has thrown that
   */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (!this.#isTold) await this.#step()
    } finally {
      clearTimeout(this.#timer)
      await this.#file.close()
      await this.#release().catch(() => undefined)
    }
  }

  #told(): Error {
    this.#isTold = true
    return this.#failure as Error
  }

  /** One step after the other; none after one that failed, whose error they all have. */
  #step(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#lastStep = this.#lastStep.then(() => this.#write())
    return this.#lastStep
  }

  async #write(): Promise<void> {
    const bytes = Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#waitingBytes = 0
    if (bytes.length === 0) return
    try {
      for (let done = 0; done < bytes.length;) {
        done += (await this.#file.write(bytes, done, bytes.length - done, this.#length + done)).bytesWritten
      }
      await this.#file.datasync()
      this.#length += bytes.length
    } catch (error) {
      // A full disk takes a part of a line.
      await this.#file.truncate(this.#length).catch(() => undefined)
      this.#failure = ioError(error, `write ${this.#path}`)
      throw this.#failure
    }
  }
}

async function openOrMake(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      return open(path, 'wx+')
    })
  } catch (error) {
    throw ioError(error, `write ${path}`)
  }
}
