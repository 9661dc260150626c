import { isAdded } from '../../bundle/manifest.js'
import { isBaseRight, isEitherRight, type ImageRecord } from '../../evaluation/evaluation-record.js'
import { wilsonInterval } from '../../math/wilson.js'
import type { IsNew } from './record.js'

/** How many images are answered correctly, with a 95 % interval of the share. */
export interface Hits {
  readonly count: number
  readonly right: number
  readonly low: number
  readonly high: number
}

export interface Headline extends Hits {
  readonly of: 'all' | 'new' | 'old'
  /** The answers to the same images without the new classes. */
  readonly base: Hits
  /** Images for which the best old or the best new class is right. */
  readonly either: number
  /** Whether an old class is seen to have the same name as an added one, which may mean the same. */
  readonly isNameKnown: boolean
}

/** Figures of all, new and old images; those without images are left out, and `all` where it says nothing more. */
export function headlines(records: readonly ImageRecord[], isNew: IsNew): Headline[] {
  const added = records.filter(({ truth }) => isNew(truth))
  const old = records.filter(({ truth }) => !isNew(truth))
  const groups = { all: added.length > 0 && old.length > 0 ? records : [], new: added, old }
  return (['all', 'new', 'old'] as const).flatMap((of) => {
    const group = groups[of]
    if (group.length === 0) return []
    const base = hits(group, isBaseRight)
    const either = group.filter(isEitherRight).length
    return [{ of, ...hits(group, ({ error }) => error === null), base, either, isNameKnown: group.some(isNamedAsOld) }]
  })
}

/** An added class whose name was taken has that of its extension behind its own. */
function isNamedAsOld({ truth, baseAnswer }: ImageRecord): boolean {
  if (!isAdded(truth)) return false
  const own = truth.label.toLowerCase()
  const old = baseAnswer.label.toLowerCase()
  return own === old || own === `${old} (${truth.increment.toLowerCase()})`
}

function hits(records: readonly ImageRecord[], isRight: (record: ImageRecord) => boolean): Hits {
  const right = records.filter(isRight).length
  return { count: records.length, right, ...wilsonInterval(right / records.length, records.length) }
}
