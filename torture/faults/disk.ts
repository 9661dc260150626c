import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { hashOf } from '../../src/core/hash-of.js'
import type { Call } from './preload.js'

/** A file with what was flushed of it, the only part of it that a power failure leaves for certain. */
interface File {
  content: Uint8Array
}

type Entries = Map<string, File | Folder>

/** A change of a folder's names that is not flushed yet: a power failure leaves it done or undone. */
type Change = (entries: Entries) => void

class Folder {
  readonly now: Entries = new Map()
  flushed: Entries = new Map()
  pending: Change[] = []

  change(change: Change): void {
    change(this.now)
    this.pending.push(change)
  }

  flush(): void {
    this.flushed = new Map(this.now)
    this.pending = []
  }
}

/** What may be on a disk after a power failure, as strictly as POSIX allows: nothing is there that was not flushed. */
export type Tree = ReadonlyMap<string, Uint8Array | Tree>

/**
 * A disk that calls are played to: content that was not flushed is lost, and changes of names that were not flushed may
 * be lost or not, each for itself, except that a rename is done as a whole.
 */
export class Disk {
  readonly #root: Folder
  readonly #path: string

  /**
   * @param template what is on it at first
   * @param path of the folder that the calls were made in
   */
  constructor(template: string, path: string) {
    this.#root = load(template)
    this.#path = path
  }

  /** @param contentAt what a file held when a call flushed it */
  play({ number, name, path, other, result }: Call, contentAt: (number: number) => Uint8Array | undefined): void {
    if (result < 0 || path.endsWith(' (deleted)')) return
    if (name === 'fsync') {
      const found = this.#find(path)
      if (found instanceof Folder) found.flush()
      else if (found !== undefined) found.content = contentAt(number) ?? found.content
      return
    }
    const [folder, own] = this.#place(path)
    if (folder === undefined) return
    if (name === 'create' && !folder.now.has(own)) {
      const file = { content: new Uint8Array() }
      folder.change((entries) => entries.set(own, file))
    } else if (name === 'mkdir') {
      const made = new Folder()
      folder.change((entries) => entries.set(own, made))
    } else if (name === 'unlink' || name === 'rmdir') {
      folder.change((entries) => entries.delete(own))
    } else if (name === 'rename') {
      const moved = folder.now.get(own)!
      const [target, final] = this.#place(other)
      const put: Change = (entries) => entries.set(final, moved)
      const take: Change = (entries) => entries.delete(own)
      if (target === folder) folder.change((entries) => (take(entries), put(entries)))
      else {
        folder.change(take)
        target?.change(put)
      }
    }
  }

  /** @param isDone whether a change that was not flushed is on the disk, the first of them being 0 */
  afterPowerLoss(isDone: (change: number) => boolean): Tree {
    let count = 0
    const left = (folder: Folder): Tree => {
      const entries = new Map(folder.flushed)
      for (const change of folder.pending) if (isDone(count++)) change(entries)
      return new Map([...entries].map(([name, one]) => [name, one instanceof Folder ? left(one) : one.content]))
    }
    return left(this.#root)
  }

  /** How many changes were not flushed. */
  get pending(): number {
    let count = 0
    this.afterPowerLoss(() => (count++, false))
    return count
  }

  #find(path: string): File | Folder | undefined {
    const names = relative(this.#path, path).split(sep)
    let found: File | Folder | undefined = this.#root
    for (const name of names.filter((one) => one !== '')) {
      found = found instanceof Folder ? found.now.get(name) : undefined
    }
    return found
  }

  #place(path: string): [Folder | undefined, string] {
    const found = this.#find(join(path, '..'))
    return [found instanceof Folder ? found : undefined, path.slice(path.lastIndexOf(sep) + 1)]
  }
}

function load(path: string): Folder {
  const folder = new Folder()
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const at = join(path, entry.name)
    folder.now.set(entry.name, entry.isDirectory() ? load(at) : { content: readFileSync(at) })
  }
  folder.flush()
  return folder
}

/** A text that tells different trees apart. */
export function signatureOf(tree: Tree): string {
  const lines = [...tree].map(([name, one]) => {
    return `${name}:${one instanceof Uint8Array ? hashOf(one) : signatureOf(one as Tree)}`
  })
  return hashOf(Buffer.from(lines.sort().join('\n')))
}

export function writeTree(tree: Tree, folder: string): void {
  mkdirSync(folder)
  for (const [name, one] of tree) {
    if (one instanceof Uint8Array) writeFileSync(join(folder, name), one)
    else writeTree(one, join(folder, name))
  }
}
