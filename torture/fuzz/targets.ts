import type { Target } from './target.js'
import * as answers from './targets/answers.js'
import * as archives from './targets/archives.js'
import * as bundles from './targets/bundles.js'
import * as features from './targets/features.js'
import * as messages from './targets/messages.js'
import * as models from './targets/models.js'
import * as pictures from './targets/pictures.js'
import * as requests from './targets/requests.js'
import * as texts from './targets/texts.js'

/** All that is fuzzed. */
export const targets: readonly Target[] = [
  models,
  bundles,
  features,
  texts,
  answers,
  archives,
  pictures,
  messages,
  requests,
].flatMap((part) => Object.values<Target>(part))

export function targetNamed(name: string): Target {
  const found = targets.find((target) => target.name === name)
  if (found === undefined)
    throw new Error(`There is no target ${name}; there are ${targets.map(({ name }) => name).join(', ')}.`)
  return found
}
