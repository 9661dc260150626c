import { newTestSet, oldTestSet, trainingIncrement, type TestSet } from '../data.js'
import type { Classifier } from '../answers.js'
import { figuresOf } from '../figures.js'
import { judge } from '../judge.js'
import type { Lab } from '../lab.js'
import { forgetting } from '../metrics.js'
import { refitClassifier } from '../methods/engine.js'
import type { Section } from '../section.js'
import { points, share, type Table } from '../table.js'
import { concatTables } from '../tables.js'
import type { IncrementFeatures } from '../../../src/workflow/refit.js'

const names = ['flowers', 'textures', 'materials']

interface Step {
  readonly after: string
  readonly old: number
  readonly oldDrop: number
  /** Accuracy on every step's classes, in the joint space of the classes added so far. */
  readonly sets: readonly number[]
  /** The same images among all added classes alone. */
  readonly ceilings: readonly number[]
}

/** Three additions one after the other, all heads refitted each time, against all classes added at once. */
export const increments: Section = {
  name: 'increments',
  async run(lab, { say }) {
    const old = await oldTestSet(lab)
    const tests = await Promise.all(names.map((name) => newTestSet(lab, name)))
    const added = []
    for (const name of names) added.push(await trainingIncrement(lab, name, 'separate'))

    const steps: Step[] = []
    for (const [t, name] of names.entries()) {
      say(`increments: ${name}`)
      const sofar = added.slice(0, t + 1)
      const { classify } = await refitClassifier(sofar, lab.rehearsal)
      steps.push({ after: `+ ${name}`, ...(await measure(lab, sofar, classify, old, tests.slice(0, t + 1))) })
    }
    say('increments: all at once')
    const { classify } = await refitClassifier([asOne(added)], lab.rehearsal)
    const atOnce = { after: 'all at once', ...(await measure(lab, added, classify, old, tests)) }
    const forgotten = forgetting(steps.map(({ sets }) => sets))
    return { tables: [table(steps, atOnce, forgotten)], figures: { names, steps, atOnce, forgetting: forgotten } }
  },
}

async function measure(
  lab: Lab,
  added: readonly IncrementFeatures[],
  classify: Classifier,
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
function asOne(added: readonly IncrementFeatures[]): IncrementFeatures {
  let first = 0
  const offsets = added.map(({ increment }) => {
    const offset = first
    first += increment.classes.length
    return offset
  })
  const classes = added.flatMap(({ increment }) => increment.classes)
  return {
    increment: { ...added[0]!.increment, name: names.join('+'), classes },
    table: concatTables(added.map(({ table }) => table), offsets), // prettier-ignore
  }
}

function table(steps: readonly Step[], atOnce: Step, forgotten: number): Table {
  return {
    title: 'Increments: accuracy on every set after each step',
    columns: ['after', 'old', 'drop', ...names, ...names.map((name) => `${name} alone`)],
    rows: [...steps, atOnce].map(({ after, old, oldDrop, sets, ceilings }) => [
      after,
      share(old),
      points(oldDrop),
      ...names.map((_, t) => (t < sets.length ? share(sets[t]!) : '–')),
      ...names.map((_, t) => (t < ceilings.length ? share(ceilings[t]!) : '–')),
    ]),
    notes: [
      `Forgetting after the last step: ${points(forgotten)}. "Alone" means among all the classes added so far, without the old ones.`,
    ],
  }
}
