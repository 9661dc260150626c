import { basename } from 'node:path'
import type { ProgressEvent } from '../core/progress.js'
import type { FileBackbone } from '../model/file-backbone.js'
import type { FoundInput } from '../model/find-input.js'
import type { Normalisation } from '../model/normalisation.js'

/** Says aloud how a classifier's input is prepared and how that was found out; a guess that may be wrong is a warning. */
export function describeOpening(model: string, { found, change }: FileBackbone): ProgressEvent[] {
  return [...inputEvents(model, found), ...changeEvents(model, change)]
}

function inputEvents(model: string, found: FoundInput): ProgressEvent[] {
  const text = `${basename(model)} takes ${found.preprocess.width}x${found.preprocess.height} pixels as ${valuesOf(found.normalisation)}: ${evidenceFor(found)}`
  if (found.isSure) return [{ type: 'info', message: `${text}.` }]
  const message = `${text}; if that is wrong every answer will be, so check it and set --mean, --std and --channels.`
  return [{ type: 'warning', code: 'PREPROCESSING_GUESSED', message }]
}

/** The runtime may compute a graph in another order once its batch is free or its insides are looked at. */
function changeEvents(model: string, change: number): ProgressEvent[] {
  if (change === 0) return []
  const message = `The old logits differ from those of ${basename(model)} by up to ${change.toExponential(1)}: the runtime computes it in another order once its features are read; its answers stay the same but for ties.`
  return [{ type: 'warning', code: 'LOGITS_DIFFER', message }]
}

/** `RGB in 0..1, minus 0.485 0.456 0.406, over 0.229 0.224 0.225`. */
export function valuesOf(normalisation: Normalisation | undefined): string {
  if (normalisation === undefined) return 'RGB bytes'
  const { channels, scale, mean, std } = normalisation
  const steps = [`${channels} in 0..${scale}`]
  if (mean.some((value) => value !== 0)) steps.push(`minus ${mean.join(' ')}`)
  if (std.some((value) => value !== 1)) steps.push(`over ${std.join(' ')}`)
  return steps.join(', ')
}

/** Where that is known from, as a clause. */
export function evidenceFor({ source, trial }: FoundInput): string {
  if (trial) {
    const { photographs, drawings } = trial
    const images = [
      ...(photographs > 0 ? [`${photographs} photographs`] : []),
      ...(drawings > 0 ? [`${drawings} drawings that come with nplusk`] : []),
    ].join(' and ')
    const tried = `tried ${trial.scores.length} usual ways on ${images}`
    const near = trial.near.length > 0 ? ` (${trial.near.map((name) => `"${name}"`).join(', ')} would do as well)` : ''
    if (trial.rival === undefined) return `${tried}; the model is surest under this one${near}`
    return trial.margin >= 2
      ? `${tried}; the model is surest under this one, ${trial.margin.toFixed(1)} standard errors ahead of "${trial.rival}"${near}`
      : `${tried}; the model is about as sure under "${trial.rival}", and this one is more usual${near}`
  }
  if (source === 'options') return 'as the options say'
  if (source === 'input type') return 'its input is uint8'
  return `as ${source === 'metadata' ? 'its metadata' : source} says`
}
