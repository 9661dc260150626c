import { basename } from 'node:path'
import type { ProgressEvent } from '../core/progress.js'
import type { Preprocess } from '../image/types.js'
import type { Backbone } from '../features/backbone.js'
import type { ClassifierFile } from '../preprocessing/classifier-file.js'
import type { FileBackbone } from './file-backbone.js'
import { inputRecord, valuesOf, type InputRecord } from '../preprocessing/input-record.js'

/** How images are prepared for a classifier, from resizing to scaling, and how that is known. */
export type PreprocessReport = Preprocess & InputRecord

/** Stands in for the record that older bundles lack. */
const unrecorded: InputRecord = {
  values: null,
  convention: null,
  source: 'bundle',
  sizeSource: 'bundle',
  sure: true,
  evidence: 'as the bundle was made',
}

export function preprocessReport({
  preprocess,
  input = unrecorded,
}: Pick<Backbone, 'preprocess' | 'input'>): PreprocessReport {
  return { ...preprocess, ...input }
}

/** Reports how a classifier's input is prepared and how that was determined; an uncertain guess is a warning. */
export function describeOpening(model: string, { found, change, source }: FileBackbone): ProgressEvent[] {
  const report = { ...found.preprocess, ...inputRecord(found) }
  return [...labelEvents(model, source), ...inputEvents(model, report), ...changeEvents(model, change)]
}

function inputEvents(model: string, input: PreprocessReport): ProgressEvent[] {
  const taken = `${input.width}x${input.height} pixels as ${valuesOf(input.values)}`
  if (input.sure) return [{ type: 'info', message: `${basename(model)} takes ${taken}: ${input.evidence}.` }]
  const options = input.values?.channels === 'L' ? (['mean', 'std'] as const) : (['mean', 'std', 'channels'] as const)
  const message = `${basename(model)} is taken to want ${taken}; it is not sure, and if it is wrong every answer will be.`
  return [{ type: 'warning', code: 'PREPROCESSING_GUESSED', message, remedy: { kind: 'confirm-input', options } }]
}

/** A list beside the model with the wrong length was probably meant for it. */
function labelEvents(model: string, { unfit, named, location }: ClassifierFile): ProgressEvent[] {
  const [first] = unfit
  if (first === undefined) return []
  const taken = named.source === 'none' ? 'its classes go by number' : `its classes are taken to be in ${named.source}`
  const message = `${first.source} beside ${basename(model)} holds ${first.count} names and the model has ${location.classes} outputs, so ${taken}.`
  return [{ type: 'warning', code: 'LABELS_UNFIT', message, remedy: { kind: 'give-fitting-labels' } }]
}

/** The runtime may compute a graph in another order once its batch size is free or inner tensors are outputs. */
function changeEvents(model: string, change: number): ProgressEvent[] {
  if (change === 0) return []
  const message = `The old logits differ from those of ${basename(model)} by up to ${change.toExponential(1)}: the runtime computes it in another order once its features are read; its answers stay the same but for ties.`
  return [{ type: 'warning', code: 'LOGITS_DIFFER', message }]
}
