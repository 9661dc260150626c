import type { CallOptions } from '../core/progress.js'
import type { EmbeddedImage } from '../tensorboard/embedding.js'
import { writeTraining } from '../tensorboard/write-training.js'
import type { Extended } from './extension-report.js'
import { mapFeatures } from './map-features.js'

const columns = ['label', 'kind', 'answer', 'probability', 'outcome', 'file']

/** Writes an extension's training to a folder of event files. */
export async function logExtension(
  folder: string,
  name: string,
  { manifest, fitted, rehearsal }: Extended,
  call: CallOptions,
): Promise<void> {
  const { records, newColumns, curves, heldOut } = fitted
  const { places, oldRows, rows } = mapFeatures(fitted, rehearsal)
  const own = places.map((place, i): EmbeddedImage => {
    const { file, truth, answers, error } = records[place]!
    const [{ label, probability }] = answers as [(typeof answers)[number]]
    const kind = newColumns.has(truth.index) ? 'new' : 'old'
    const values = [truth.label, kind, label, probability.toFixed(4), error ?? 'right', file ?? '']
    return { features: rows[i]!, values, file: file ?? undefined }
  })
  const old = oldRows.map((row, i): EmbeddedImage => {
    const { label, oldClass } = rehearsal!.table
    const shown = manifest.base.classes[label[row]! < 0 ? oldClass[row]! : label[row]!]!.label
    return { features: rows[places.length + i]!, values: [shown, 'old', '', '', '', ''], file: undefined }
  })
  const embedding = { columns, points: [...own, ...old] }
  await writeTraining(folder, { name, curves, heldOut, embedding }, call)
}
