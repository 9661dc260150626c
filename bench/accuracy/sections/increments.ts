import { newTestSet, oldTestSet, trainingIncrement, type TestSet } from '../data.js'
import type { TrainedMethod } from '../answers.js'
import { figuresOf } from '../figures.js'
import { judge } from '../judge.js'
import type { Lab } from '../lab.js'
import { forgetting } from '../../../src/evaluation/metrics.js'
import { refitClassifier } from '../methods/engine.js'
import type { Section, SectionResult } from '../section.js'
import { points, share, type Table } from '../../shared/table.js'
import { joinTables } from '../../../src/features/table.js'
import type { AddedHead } from '../../../src/head/added-head.js'
import type { IncrementFeatures } from '../../../src/bundle/parts.js'

interface Step {
  readonly after: string
  readonly old: number
  readonly oldDrop: number
  /** Accuracy on every step's classes, in the joint space of the classes added so far. */
  readonly sets: readonly number[]
  /** The same images among all added classes alone. */
  readonly ceilings: readonly number[]
}

/**
 * Three additions one after the other, all heads refitted each time or the earlier ones frozen, against all classes
 * added at once.
 */
export const increments = additions('increments', ['flowers', 'textures', 'materials'])

/**
 * Four, with many classes in the end that are easily told from everything else: what was added first must not pay for
 * them.
 */
export const sequence = additions('sequence', ['flowers', 'materials', 'textures', 'cards'])

function additions(section: string, names: readonly string[]): Section {
  return { name: section, run: (lab, { say }) => run(section, names, lab, say) }
}

async function run(
  section: string,
  names: readonly string[],
  lab: Lab,
  say: (what: string) => void,
): Promise<SectionResult> {
  const old = await oldTestSet(lab)
  const tests = await Promise.all(names.map((name) => newTestSet(lab, name)))
  const added = []
  for (const name of names) added.push(await trainingIncrement(lab, name, 'separate'))

  const refitted: Step[] = []
  const kept: Step[] = []
  let heads: readonly AddedHead[] = []
  for (const [t, name] of names.entries()) {
    say(`${section}: ${name}`)
    const sofar = added.slice(0, t + 1)
    const of = tests.slice(0, t + 1)
    const together = await refitClassifier(sofar, lab.rehearsal, lab.baseHead)
    refitted.push({ after: `+ ${name}`, ...(await measure(lab, sofar, together.classify, old, of)) })
    // The first addition has nothing to freeze.
    const frozen = t === 0 ? together : await refitClassifier(sofar, lab.rehearsal, lab.baseHead, { frozen: heads })
    heads = frozen.refit.heads
    kept.push({ after: `+ ${name}, earlier frozen`, ...(await measure(lab, sofar, frozen.classify, old, of)) })
  }
  say(`${section}: all at once`)
  const { classify } = await refitClassifier([asOne(added, names)], lab.rehearsal, lab.baseHead)
  const atOnce = { after: 'all at once', ...(await measure(lab, added, classify, old, tests)) }
  const forgotten = { refitted: forgetting(accuracies(refitted)), frozen: forgetting(accuracies(kept)) }
  return {
    tables: [table(names, [...refitted, ...kept.slice(1), atOnce], forgotten)],
    figures: { names, refitted, frozen: kept, atOnce, forgetting: forgotten },
  }
}

const accuracies = (steps: readonly Step[]) => steps.map(({ sets }) => sets)

async function measure(
  lab: Lab,
  added: readonly IncrementFeatures[],
  classify: TrainedMethod,
  old: TestSet,
  tests: readonly TestSet[],
): Promise<Omit<Step, 'after'>> {
  const figures = []
  for (const test of tests) figures.push(figuresOf(await judge(lab, added, classify, { old, new: test })))
  return {
    old: figures[0]!.accuracy.old,
    oldDrop: figures[0]!.oldDrop,
    sets: figures.map(({ accuracy }) => accuracy.new),
    ceilings: figures.map(({ ceiling }) => ceiling.new),
  }
}

/** Several increments as one that brings all their classes. */
function asOne(added: readonly IncrementFeatures[], names: readonly string[]): IncrementFeatures {
  let first = 0
  const offsets = added.map(({ increment }) => {
    const offset = first
    first += increment.classes.length
    return offset
  })
  const classes = added.flatMap(({ increment }) => increment.classes)
  const tables = added.map(({ table }, i) => ({ ...table, label: table.label.map((label) => label + offsets[i]!) }))
  return { increment: { ...added[0]!.increment, name: names.join('+'), classes }, table: joinTables(tables) }
}

function table(
  names: readonly string[],
  steps: readonly Step[],
  forgotten: { readonly refitted: number; readonly frozen: number },
): Table {
  return {
    title: `Increments (${names.join(', ')}): accuracy on every set after each step`,
    columns: ['after', 'old', 'drop', ...names, ...names.map((name) => `${name} alone`)],
    rows: steps.map(({ after, old, oldDrop, sets, ceilings }) => [
      after,
      share(old),
      points(oldDrop),
      ...names.map((_, t) => (t < sets.length ? share(sets[t]!) : '–')),
      ...names.map((_, t) => (t < ceilings.length ? share(ceilings[t]!) : '–')),
    ]),
    notes: [
      `Forgetting after the last step: ${points(forgotten.refitted)} refitted together, ${points(forgotten.frozen)} with the earlier heads frozen.`,
      '"Alone" means among all the classes added so far, without the old ones.',
    ],
  }
}
