import { checkAgreement } from '../agreement.js'
import { baseFigures } from '../base-figures.js'
import { newTestSet, oldTestSet, trainingIncrement } from '../data.js'
import { figuresOf, leakingPairs, type Figures, type Judged } from '../figures.js'
import { judge, overlapKeptApart } from '../judge.js'
import type { Lab } from '../lab.js'
import { averageFigures } from '../average-figures.js'
import { baselines } from '../methods/baselines.js'
import { refitClassifier } from '../methods/engine.js'
import { trainOracle } from '../methods/oracle.js'
import type { Section } from '../section.js'
import { points, share, type Table } from '../../shared/table.js'

interface Row {
  readonly name: string
  readonly figures: Figures
  readonly uncalibrated?: boolean
}

/** The engine with its defaults and every baseline, trained on all of flowers/train. */
export const flowers: Section = {
  name: 'flowers',
  async run(lab, { say }) {
    const sets = { old: await oldTestSet(lab), new: await newTestSet(lab, 'flowers') }
    const rows: Row[] = []
    const details: Record<string, unknown> = {}
    const pairs: Table[] = []
    for (const overlap of ['merge', 'separate'] as const) {
      const name = overlap === 'merge' ? 'nplusk, daisy merged' : 'nplusk'
      say(`flowers: ${name}`)
      const increments = [await trainingIncrement(lab, 'flowers', overlap)]
      const { classify, refit } = await refitClassifier(increments, lab.rehearsal, lab.baseHead)
      const judged = await judge(lab, increments, classify, sets)
      const { regularisation, shifts, heldOut } = refit
      const agreement = await checkAgreement(lab, increments, refit.heads, classify, [sets.old, sets.new])
      details[name] = { regularisation, shifts, heldOut, agreement }
      rows.push({ name, figures: figuresOf(judged) })
      pairs.push(pairTable(lab, name, judged, increments[0]!.increment.classes))
    }
    const increments = [await trainingIncrement(lab, 'flowers', 'separate')]
    const task = { increments, rehearsal: lab.rehearsal, baseHead: lab.baseHead, seed: 0 }
    for (const { name, train, uncalibrated = false } of baselines) {
      say(`flowers: ${name}`)
      rows.push({ name, uncalibrated, figures: figuresOf(await judge(lab, increments, await train(task), sets)) })
    }
    say('flowers: oracle')
    const halves: Figures[] = []
    for (const { classify, unseen } of await trainOracle(task, sets.old)) {
      halves.push(figuresOf(await judge(lab, increments, classify, { ...sets, old: unseen })))
    }
    rows.push({ name: 'oracle *', figures: averageFigures(halves) })

    const apart = overlapKeptApart(lab, increments)
    const base = { all: baseFigures(sets.old), withoutOverlap: baseFigures(sets.old, apart) }
    const figures = { base, rows: rows.map(({ name, figures }) => ({ name, ...figures })), details }
    return { tables: [accuracyTable(rows), calibrationTable(rows, base.all), ...pairs], figures }
  },
}

function accuracyTable(rows: readonly Row[]): Table {
  return {
    title: 'Flowers: accuracy among all N + k classes',
    columns: 'method|old|drop|new|all|H|macro old|new|all|ceiling old|new|leak|miss|retention'.split('|'),
    rows: rows.map(({ name, figures: f }) => [
      name,
      share(f.accuracy.old),
      points(f.oldDrop),
      ...[f.accuracy.new, f.accuracy.all, f.harmonicMean].map(share),
      ...[f.macroAccuracy.old, f.macroAccuracy.new, f.macroAccuracy.all].map(share),
      ...[f.ceiling.old, f.ceiling.new, f.leak, f.miss, f.retention].map(share),
    ]),
    notes: [
      'Trained on flowers/train; old: imagenet-test, new: flowers/val. Ceilings: old images among the old classes, new ones among the new.',
      'An overlapping class (daisy) is kept apart and left out of the old count, except where it is merged and counts as one class.',
      '* rehearses with half of imagenet-test too and is measured on the other half, mean of both: the only row that looks at test images.',
    ],
  }
}

function calibrationTable(rows: readonly Row[], base: ReturnType<typeof baseFigures>): Table {
  return {
    title: 'Flowers: calibration',
    columns: 'method|ECE old|new|all|NLL old|new|all'.split('|'),
    rows: [
      ['base model', share(base.ece), '–', '–', share(base.nll), '–', '–'],
      ...rows
        .filter(({ uncalibrated }) => !uncalibrated)
        .map(({ name, figures: { ece, nll } }) => [
          name,
          ...[ece.old, ece.new, ece.all, nll.old, nll.new, nll.all].map(share),
        ]),
    ],
    notes: ['ECE over 15 equal bins; NLL in nats. Nearest class mean gives distances, not probabilities.'],
  }
}

function pairTable(
  { backbone }: Lab,
  name: string,
  judged: Judged,
  classes: readonly { readonly label: string }[],
): Table {
  const nameOf = (column: number) => {
    const added = judged.columns.indexOf(column)
    return added >= 0 ? classes[added]!.label : backbone.classes[column]!.label
  }
  return {
    title: `Flowers: pairs that leak most (${name})`,
    columns: ['image shows', 'answer', 'images'],
    rows: leakingPairs(judged).map(({ truth, answer, count }) => [nameOf(truth), nameOf(answer), String(count)]),
  }
}
