import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { BranchState } from '../branch/take-steps.js'
import type { Checkpoints } from '../branch/train-branch.js'
import { decodeTensors, encodeTensors } from '../bundle/seals/sealed-tensors.js'
import { writeFileAtomic } from '../core/atomic-write.js'
import { messageOf } from '../core/errors.js'
import { hashOf } from '../core/hash-of.js'
import type { OnProgress } from '../core/progress.js'
import { readWhole } from '../core/regular-file.js'
import { branchFolder, removeOldBranchFiles } from './branch-cache.js'

/**
 * Keeps training that has not come to its end, or to a bundle, in a file of the cache. A file that is damaged counts as
 * none: training then begins anew. One that cannot be written is warned of, and training goes on. What was left there
 * long ago goes when training is first kept.
 *
 * @param of all that training depends on
 */
export function branchCheckpoint(cacheDir: string, of: object, onProgress: OnProgress | undefined): Checkpoints {
  let isWarned = false
  let isTidy = false
  const name = hashOf(new TextEncoder().encode(JSON.stringify(of))).slice(0, 32)
  const file = join(branchFolder(cacheDir), `${name}.safetensors`)
  return {
    async read() {
      const bytes = await readWhole(file).catch(() => undefined)
      if (bytes === undefined) return undefined
      try {
        return decode(bytes, file)
      } catch {
        const message = 'What was kept of training is damaged, so it begins anew.'
        onProgress?.({ type: 'warning', code: 'NOT_KEPT', message, isUrgent: true })
        return undefined
      }
    },
    async write(state) {
      try {
        if (!isTidy) await removeOldBranchFiles(cacheDir)
        isTidy = true
        await writeFileAtomic(file, encode(state))
        return true
      } catch (error) {
        const message = `Should training be interrupted, it cannot go on: ${messageOf(error)}`
        if (!isWarned) onProgress?.({ type: 'warning', code: 'NOT_KEPT', message, isUrgent: true })
        isWarned = true
        return false
      }
    },
    forget: () => rm(file, { force: true }).catch(() => undefined),
  }
}

const parts = ['values', 'mean', 'square'] as const

function encode({ trainer: { steps, parameters }, milliseconds, losses }: BranchState): Uint8Array {
  const tensors = Object.entries(parameters).flatMap(([name, state]) => {
    return parts.map((part) => [`${part}:${name}`, { dims: [state[part].length], data: state[part] }] as const)
  })
  return encodeTensors(Object.fromEntries(tensors), { progress: JSON.stringify({ steps, milliseconds, losses }) })
}

/** @throws where it is damaged */
function decode(bytes: Uint8Array, file: string): BranchState {
  const { tensors, metadata, isSealed } = decodeTensors(bytes, file)
  if (!isSealed) throw new Error('the seal is missing')
  const { steps, ...progress } = JSON.parse(metadata['progress']!) as Omit<BranchState, 'trainer'> & { steps: number }
  const names = Object.keys(tensors).filter((name) => name.startsWith('values:'))
  const parameters = names.map((name) => {
    const own = name.slice('values:'.length)
    const [values, mean, square] = parts.map((part) => tensors[`${part}:${own}`]!.data as Float32Array)
    return [own, { values: values!, mean: mean!, square: square! }] as const
  })
  return { ...progress, trainer: { steps, parameters: Object.fromEntries(parameters) } }
}
