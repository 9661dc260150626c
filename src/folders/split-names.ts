/** Names of the parts of a data set, and the role of each. */
const roles: ReadonlyMap<string, SplitRole> = new Map([
  ...role('train', 'train training trn trainset trainval fold folds kfold split'),
  ...role('validate', 'val valid validate validation valset dev devel eval evaluate evaluation holdout'),
  ...role('test', 'test testing tst testset pred prediction predictions unlabeled unlabelled'),
])

/** Words beside those that do not change the role. */
const fillers: ReadonlySet<string> = new Set(
  'seg set sets data dataset subset images image imgs img pictures photos cv k a b c x part dir folder final new old original resized cropped augmented aug small full mini labeled labelled'.split(
    ' ',
  ),
)

/** The role of a part of a data set. */
export type SplitRole = 'train' | 'validate' | 'test'

/**
 * The role of a folder whose name is that of a part of a data set: `train`, `Validation`, `train2017`, `seg_train`,
 * `fold1`, `TestImages`; `undefined` for all other names.
 */
export function splitRole(name: string): SplitRole | undefined {
  const words = wordsOf(name)
  return words.every((word) => roles.has(word) || fillers.has(word)) ? roleAmong(words) : undefined
}

/**
 * As `splitRole`, but with other words before or after: `flowers_train`. A class may have such a name: `freight train`.
 */
export function looseSplitRole(name: string): SplitRole | undefined {
  const words = wordsOf(name)
  return roleAmong([...words.slice(0, 1), ...words.slice(-1)])
}

function roleAmong(words: readonly string[]): SplitRole | undefined {
  const word = words.find((word) => roles.has(word))
  return word === undefined ? undefined : roles.get(word)
}

function wordsOf(name: string): string[] {
  const spaced = name.replace(/hold[\s_-]?out/i, 'holdout').replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
  return spaced.toLowerCase().match(/\p{L}+/gu) ?? []
}

function role(name: SplitRole, words: string): [string, SplitRole][] {
  return words.split(' ').map((word) => [word, name])
}
