import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { writeFileAtomic } from '../core/atomic-write.js'
import { readText } from '../core/regular-file.js'
import type { Trial } from './try-conventions.js'

/** A trial's result, and the images that it used. */
export interface InputTrial extends Trial {
  /** Number of photographs of old classes. */
  readonly photographs: number
  /** Number of photographs of new classes, used only where the other images decide nothing. */
  readonly added: number
  readonly drawings: number
}

/** Increased when conventions are tried or results stored in another way, so that older results are ignored. */
const version = 1

/** The trial result for one classifier's input, kept in a folder so that later runs agree with it. */
export interface InputPin {
  read(): Promise<InputTrial | undefined>
  write(trial: InputTrial): Promise<void>
}

/**
 * The stored trial result of one classifier.
 *
 * @param folder may be missing
 * @param sha256 of the model's file
 * @param asked all else that decides what is tried: conventions, size, head, weights beside the file
 */
export function pinOf(folder: string, sha256: string, asked: unknown): InputPin {
  const key = createHash('sha256').update(JSON.stringify({ version, sha256, asked })).digest('hex')
  const file = join(folder, `${sha256.slice(0, 16)}-${key.slice(0, 16)}.json`)
  return {
    async read() {
      // A missing, unreadable or damaged result is determined again.
      const text = await readText(file).catch(() => '')
      const kept = parse(text) as { key?: string; check?: string; trial?: InputTrial } | undefined
      const isIntact = kept?.key === key && kept.trial !== undefined && kept.check === checkOf(kept.trial)
      return isIntact ? { ...kept.trial!, margin: (kept.trial!.margin as number | null) ?? Infinity } : undefined
    },
    async write(trial) {
      // JSON has no Infinity.
      const kept = { ...trial, margin: Number.isFinite(trial.margin) ? trial.margin : null }
      await writeFileAtomic(
        file,
        new TextEncoder().encode(`${JSON.stringify({ key, check: checkOf(kept), trial: kept })}\n`),
      )
    },
  }
}

function checkOf(trial: unknown): string {
  return createHash('sha256').update(JSON.stringify(trial)).digest('hex')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
