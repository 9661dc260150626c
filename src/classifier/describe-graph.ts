import { basename } from 'node:path'
import type { ProgressEvent, WarningEvent } from '../core/progress.js'
import type { BatchCoupling } from './batch-coupling.js'
import type { ClassifierFile } from '../preprocessing/classifier-file.js'
import type { FileBackbone } from './file-backbone.js'

/**
 * Reports what is unusual about a classifier's graph: doubts about its scores, and that it processes images one by one.
 */
export function describeGraph(file: string, { source, coupling }: FileBackbone): ProgressEvent[] {
  const model = basename(file)
  return [...doubtsOf(model, source), ...(coupling ? [couplingEvent(model, coupling)] : [])]
}

/** Reasons why a model may be unsuitable for extension. */
export function doubtsOf(
  model: string,
  { location, isLikeEncoder }: Pick<ClassifierFile, 'location' | 'isLikeEncoder'>,
): WarningEvent[] {
  const { classes, output, isMultiLabel, otherOutputs, leftOut, head } = location
  const doubts: WarningEvent[] = []
  if (isLikeEncoder) {
    const message = `${model} may be an encoder and no classifier: its output ${output} is called as features are, and nothing names ${classes} classes; if so, its ${classes} numbers are no class scores, and the answers of the old classes mean nothing.`
    doubts.push({ type: 'warning', code: 'ENCODER', message })
  }
  if (isMultiLabel) {
    const message = `${model} is a multi-label classifier: each of its ${classes} scores has a sigmoid of its own; extended, it answers with one class for each picture, by a softmax over all.`
    doubts.push({ type: 'warning', code: 'MULTI_LABEL', message })
  }
  if (otherOutputs.length > 0) {
    const message = `${model} scores several sets of classes; the ${classes} of its output ${output} are extended, and ${otherOutputs.join(', ')} left out.`
    doubts.push({ type: 'warning', code: 'SEVERAL_HEADS', message, remedy: { kind: 'name-other-head' } })
  }
  if (leftOut) {
    const message = `${leftOut.name} (${leftOut.operator}) after ${head} in ${model} changes the scores and is left out: the answers of the old classes may differ from the model's own.`
    doubts.push({ type: 'warning', code: 'SCORES_LEFT_OUT', message })
  }
  return doubts
}

function couplingEvent(model: string, { reason, change }: BatchCoupling): ProgressEvent {
  const extent = change ? ` (scores change by up to ${change.toFixed(2)})` : ''
  return {
    type: 'info',
    message: `${model} runs one picture at a time, here and in what is exported, as ${reason}${extent}.`,
  }
}
