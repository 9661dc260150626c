import { columnsOf } from '../bundle/columns.js'
import { baseIncrement, type Increment, type Manifest } from '../bundle/manifest.js'
import { findOverlap } from '../catalog/overlap.js'
import { NpluskError } from '../core/errors.js'
import type { Warn } from '../core/progress.js'
import { checkNewName, normaliseLabel } from '../folders/label.js'
import { addedClassesNamed } from './added-classes.js'
import { warnOfConfusableNames } from './confusable-names.js'
import { findNamed } from './find-named.js'

/** What gets another name. */
export interface RenamePlan {
  readonly kind: 'class' | 'increment'
  /** The label or name that it has, and the one that it gets, in NFC. */
  readonly from: string
  readonly to: string
}

/**
 * Finds what a name refers to, and checks that it may get another one.
 *
 * @param name an increment's name, the label of an added class, or the name of its folder
 * @param kind restricts the search if given
 * @throws NpluskError `NOT_FOUND` when the name matches nothing; `CONFLICT` when it matches more than one thing or a
 * class of the base model, or when the new name is taken, be it by the same thing; `BAD_INPUT` when
 * that is no name
 */
export function planRenaming(
  { base, increments }: Pick<Manifest, 'base' | 'increments'>,
  {
    name,
    to: given,
    kind,
  }: { readonly name: string; readonly to: string; readonly kind?: RenamePlan['kind'] | undefined },
  warn: Warn,
): RenamePlan {
  refuseOldClass(base.classes, increments, name)
  const { increment, column } = findNamed(increments, name, kind)
  if (increment !== undefined) {
    const to = checkNewName(given, 'name')
    checkDiffers(to, increment.name)
    checkIncrementName(to, increments)
    return { kind: 'increment', from: increment.name, to }
  }
  const { label, mergedInto } = column
  if (mergedInto !== undefined) {
    throw new NpluskError(
      'CONFLICT',
      `"${label}" was merged into a class of the base model, whose names stay as they are.`,
    )
  }
  const to = checkNewName(given)
  checkDiffers(to, label)
  checkLabelIsFree(to, base.classes, increments)
  const others = increments.map(({ classes }) => ({ classes: classes.filter((one) => one.label !== label) }))
  warnOfConfusableNames([{ folder: to }], others, warn)
  return { kind: 'class', from: label, to }
}

/** A manifest in which a class or an increment has another name. Folders keep their names, and stand for the class. */
export function renamed(manifest: Manifest, { kind, from, to }: RenamePlan): Manifest {
  if (kind === 'increment') {
    const increments = manifest.increments.map((one) => (one.name === from ? { ...one, name: to } : one))
    return { ...manifest, increments }
  }
  return {
    ...manifest,
    increments: manifest.increments.map((increment) => ({
      ...increment,
      classes: increment.classes.map((one) => (one.label === from ? { ...one, label: to } : one)),
    })),
    training: withLabel(manifest.training, from, to),
  }
}

/** Whatever a training record says of a class names it in a field `label`. */
function withLabel<Value>(value: Value, from: string, to: string): Value {
  const json = JSON.stringify(value, (key, field: unknown) => (key === 'label' && field === from ? to : field))
  return JSON.parse(json) as Value
}

function refuseOldClass(classes: Manifest['base']['classes'], increments: readonly Increment[], name: string): void {
  const wanted = normaliseLabel(name)
  const isOld = classes.some(({ label, wnid }) => label === wanted || wnid === wanted)
  const added = increments.flatMap((increment) => [increment.name, ...increment.classes.flatMap(namesOf)])
  if (!isOld || added.some((one) => normaliseLabel(one) === wanted)) return
  throw new NpluskError('CONFLICT', `"${wanted}" is a class of the base model, whose names stay as they are.`)
}

function namesOf({ label, folder }: Increment['classes'][number]): string[] {
  return [label, folder]
}

function checkDiffers(to: string, from: string): void {
  if (to === from) throw new NpluskError('CONFLICT', `"${from}" is called that already; give another name.`)
}

function checkIncrementName(name: string, increments: readonly Increment[]): void {
  if (name === baseIncrement) {
    throw new NpluskError('CONFLICT', `The name "${baseIncrement}" stands for the old classes; give another.`)
  }
  if (increments.some((one) => one.name === name)) {
    throw new NpluskError('CONFLICT', `The bundle already has an increment "${name}"; give another name.`)
  }
  // The name would mean either from then on.
  if (addedClassesNamed(name, increments, columnsOf(increments)).length > 0) {
    throw new NpluskError('CONFLICT', `The bundle already has an added class "${name}"; give another name.`)
  }
}

function checkLabelIsFree(label: string, classes: Manifest['base']['classes'], increments: readonly Increment[]): void {
  const taken = columnsOf(increments).some((column) => column.label === label)
  if (taken) throw new NpluskError('CONFLICT', `The bundle already has an added class "${label}"; give another name.`)
  if (increments.some(({ name }) => name === label)) {
    throw new NpluskError('CONFLICT', `The bundle already has an increment "${label}"; give another name.`)
  }
  if (label === baseIncrement) {
    throw new NpluskError('CONFLICT', `The name "${baseIncrement}" stands for the old classes; give another.`)
  }
  // `evaluate` and later additions would take a folder of that name for the old class.
  const old = findOverlap(label, classes)
  if (old === undefined) return
  const { label: known } = classes[old]!
  const also = known === label ? '' : `, "${known}"`
  throw new NpluskError(
    'CONFLICT',
    `"${label}" is also a class of the base model${also}; give another name, such as "${label} (new)".`,
    { data: { label, old } },
  )
}
