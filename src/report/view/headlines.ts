import { isAdded } from '../../bundle/manifest.js'
import type { ImageRecord } from '../../evaluation/evaluation-record.js'
import { wilsonInterval } from '../../math/wilson.js'

/** How many images are answered correctly, with a 95 % interval of the share. */
export interface Hits {
  readonly count: number
  readonly right: number
  readonly low: number
  readonly high: number
}

export interface Headline extends Hits {
  readonly of: 'all' | 'new' | 'old'
  /** The base model's own answers to the same images. */
  readonly base: Hits
}

/** Figures of all, new and old images; those without images are left out, and `all` where it says nothing more. */
export function headlines(records: readonly ImageRecord[]): Headline[] {
  const added = records.filter(({ truth }) => isAdded(truth))
  const old = records.filter(({ truth }) => !isAdded(truth))
  const groups = { all: added.length > 0 && old.length > 0 ? records : [], new: added, old }
  return (['all', 'new', 'old'] as const).flatMap((of) => {
    const group = groups[of]
    if (group.length === 0) return []
    const base = hits(group, ({ baseAnswer, truth }) => baseAnswer.index === truth.index)
    return [{ of, ...hits(group, ({ error }) => error === null), base }]
  })
}

function hits(records: readonly ImageRecord[], isRight: (record: ImageRecord) => boolean): Hits {
  const right = records.filter(isRight).length
  return { count: records.length, right, ...wilsonInterval(right / records.length, records.length) }
}
