import { count, percent } from '../../core/numbers.js'
import { quotedNames } from '../../core/quoted-names.js'
import type { Duplicates } from '../findings.js'
import type { Findings, WeightedStep } from './weighted-step.js'

/** What to do about single pictures. */
export function pictureSteps(findings: Findings): WeightedStep[] {
  return [...readFailures(findings), ...copies(findings), ...wrongClasses(findings), ...strangers(findings)]
}

function readFailures({ unreadable, images }: Findings): WeightedStep[] {
  if (unreadable.length === 0) return []
  const them = unreadable.length === 1 ? 'it' : 'them'
  const message =
    images.unreadable === images.given
      ? `No picture can be read, so there is nothing to learn from: mend ${them}, or bring others.`
      : `${count(unreadable.length, 'picture')} cannot be read: mend or remove ${them}.`
  return [
    {
      kind: 'read-failures',
      message,
      gain: null,
      weight: (0.1 * unreadable.length) / (images.given + 1),
      files: unreadable.map(({ file }) => file),
    },
  ]
}

function copies({ duplicates, images }: Findings): WeightedStep[] {
  const steps: WeightedStep[] = []
  const across = duplicates.filter(({ test, files }) => test > 0 && test < files.length)
  if (across.length > 0) {
    const tested = across.reduce((sum, { test }) => sum + test, 0)
    const are = tested === 1 ? 'is' : 'are'
    steps.push({
      kind: 'test-duplicates',
      message: `${count(tested, 'picture')} of the test ${are} among those to learn from, so that what is measured with the test is too good: take ${tested === 1 ? 'it' : 'them'} out of one of the two.`,
      gain: null,
      // No figure can be trusted before this.
      weight: 1,
      files: across.flatMap(({ files }) => files),
    })
  }
  const contradictions = duplicates.filter((one) => learnedLabels(one).length > 1)
  if (contradictions.length > 0) {
    const lie = contradictions.length === 1 ? 'lies' : 'lie'
    const labels = learnedLabels(contradictions[0]!)
    steps.push({
      kind: 'contradictions',
      message: `${count(contradictions.length, 'picture')} ${lie} in several classes, such as ${quotedNames(labels, 'and')}: keep each in the right one alone.`,
      gain: null,
      weight: contradictions.length / (images.used + 1),
      files: contradictions.flatMap(({ files }) => files),
    })
  }
  return steps
}

/** The labels of the files to learn from: what a test calls them makes no contradiction of the folders. */
function learnedLabels({ labels, testLabels = 0 }: Duplicates): readonly string[] {
  return labels.slice(0, labels.length - testLabels)
}

function wrongClasses({ mislabelled, duplicates, gainOfCleaning }: Findings): WeightedStep[] {
  const likely = mislabelled.filter((one) => one.likely)
  // Pictures in several classes have a step of their own.
  const named = new Set(duplicates.filter((one) => learnedLabels(one).length > 1).flatMap(({ files }) => files))
  const first = likely.find(({ file }) => !named.has(file))
  if (likely.length === 0) return []
  const share = likely.length / mislabelled.length
  const firstOfAll = first ? `, first of all one in "${first.label}" that looks like "${first.suggested}"` : ''
  const are = likely.length === 1 ? 'is' : 'are'
  const helps = gainOfCleaning === null || gainOfCleaning.top1 > 0
  const most = helps ? '' : ' Most may only be hard: leaving all of them out does not help the others.'
  return [
    {
      kind: 'labels',
      message: `${count(likely.length, 'picture')} (${percent(share)}) ${are} probably in the wrong class${firstOfAll}: look at them, and move or delete those that are.${most}`,
      gain: gainOfCleaning,
      weight: Math.max(gainOfCleaning?.top1 ?? share / 4, share / 8),
      files: likely.map(({ file }) => file),
    },
  ]
}

function strangers({ outliers, images }: Findings): WeightedStep[] {
  const likely = outliers.filter((one) => one.likely)
  if (likely.length === 0) return []
  const are = likely.length === 1 ? 'is' : 'are'
  return [
    {
      kind: 'outliers',
      message: `${count(likely.length, 'picture')} ${are} unlike the others of the class: take out those that do not show it.`,
      gain: null,
      weight: likely.length / images.used / 8,
      files: likely.map(({ file }) => file),
    },
  ]
}
