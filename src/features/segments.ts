import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ioError } from '../core/errors.js'
import { holdLock, type Release } from '../core/hold-lock.js'
import { makeFolder } from '../core/make-folder.js'
import { indexOf, Segment, segmentOf } from './segment.js'

/** The segments of a store; the own one is the last, and nobody else's until it is released. */
export interface Segments {
  readonly segments: Segment[]
  readonly own: Segment
  readonly release: Release
}

/**
 * Opens all segments in a folder, and takes one that no other process adds to. So there are as many as processes have
 * ever worked at once.
 *
 * @throws NpluskError `IO`
 */
export async function openSegments(folder: string): Promise<Segments> {
  const segments: Segment[] = []
  let release: Release | undefined
  try {
    makeFolder(folder)
    const taken = await takeSegment(folder)
    release = taken.release
    for (const fileName of (await readdir(folder)).sort()) {
      const name = segmentOf(fileName)
      if (name !== undefined && name !== taken.name) segments.push(...openOther(folder, name))
    }
    segments.push(taken.segment)
    return { segments, own: taken.segment, release }
  } catch (error) {
    segments.forEach((segment) => segment.close())
    await release?.()
    throw ioError(error, `open the bottleneck cache in ${folder}`)
  }
}

async function takeSegment(folder: string): Promise<{ name: string; segment: Segment; release: Release }> {
  for (let number = 0; ; number++) {
    const name = String(number)
    const segment = openOwn(folder, name)
    if (segment === undefined) continue
    const release = await holdLock(indexOf(folder, name), join(folder, `${name}.lock`)).catch((error: unknown) => {
      segment.close()
      throw error
    })
    // Opened again, as the process that held it may have added to it in between.
    segment.close()
    if (release === undefined) continue
    try {
      return { name, segment: Segment.open(folder, name), release }
    } catch (error) {
      await release()
      throw error
    }
  }
}

/** @returns `undefined` where something else than files is in the way */
function openOwn(folder: string, name: string): Segment | undefined {
  try {
    return Segment.open(folder, name)
  } catch (error) {
    if (['EISDIR', 'EFTYPE'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

/** Another process's segment; none where it cannot be read, since a cache may lack anything. */
function openOther(folder: string, name: string): Segment[] {
  try {
    return [Segment.openToRead(folder, name)]
  } catch (error) {
    if (['EMFILE', 'ENFILE'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    return []
  }
}
