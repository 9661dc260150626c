import type { Remedy } from '../../../core/remedies.js'

type Kind = Remedy['kind']
type Of<K extends Kind> = Extract<Remedy, { readonly kind: K }>

/**
 * What somebody who teaches from a page can do, as a main clause without a full stop; of the rest, which is for those
 * who run the service, nothing is said.
 */
const words: { readonly [K in Kind]?: (remedy: Of<K>) => string } = {
  'merge-classes': () => 'if they are the same thing, undo this and teach it again with names that are taken merged',
  'keep-apart': () => 'if it is another class, undo this and teach it again with names that are taken kept apart',
  'keep-apart-instead': () => 'if it is another class, have names that are taken kept apart',
  'merge-lookalike': ({ rename }) =>
    `if they are the same thing, ${rename === undefined ? '' : `call the class "${rename}" and `}teach it with names that are taken merged`,
  'merge-lookalike-again': ({ rename }) =>
    `if they are the same thing, undo this, ${rename === undefined ? '' : `call the class "${rename}" `}and teach it again with names that are taken merged`,
  'merge-or-separate': () => 'choose whether names that are taken are merged or kept apart',
  'rename-or-separate': () => 'name it as the class that is to grow, or have names that are taken kept apart',
  'rename-or-remove': () => 'give the lesson another name',
  'choose-another': ({ option }) => (option === 'name' ? 'give the lesson another name' : ''),
  'raise-prior': () => 'give more pictures of the new classes, and more different ones',
  'raise-max-old-drop': () =>
    'give more pictures of the new classes: the model may lose hardly any old answer to them, so they are held back',
  'add-images-or-change-model': () => 'give more pictures of each class: this model may not see the difference',
  'check-balance': () => 'give more pictures of the new classes',
  'try-again': () => 'try again',
}

/** @returns `undefined` where nothing can be done from a page */
export function remedyFor(remedy: Remedy | undefined): string | undefined {
  if (remedy === undefined) return undefined
  const say = words[remedy.kind] as ((remedy: Remedy) => string) | undefined
  return say?.(remedy) || undefined
}
