import { percent } from '../../core/numbers.js'
import type { AdviceStep } from '../steps.js'
import type { TransferCase } from '../findings.js'
import type { Findings, WeightedStep } from './weighted-step.js'

/** A class with fewer images learns little. */
const fewImages = 20
/** A class with so many times the images of another is of another size. */
const unevenBy = 5
/** Less is not worth the work. */
const minGain = 0.003

/** What to do about the whole: more pictures, other pictures, another model. */
export function caseSteps(findings: Findings): WeightedStep[] {
  return [
    ...numbers(findings),
    ...morePictures(findings),
    ...testShift(findings),
    ...(findings.case === null ? [] : [caseStep(findings.case)]),
    {
      kind: 'ready',
      message: 'When that is seen to, the pictures are ready to be learned.',
      remedy: { kind: 'add-folder', folder: findings.folder },
      gain: null,
      // Always the last.
      weight: -1,
    },
  ]
}

/** A class that grows has more pictures than those of the folder, and is left out. */
function numbers({ classes }: Findings): WeightedStep[] {
  const ascending = classes.filter(({ grows }) => grows === null).sort((a, b) => a.images - b.images)
  const [least, most] = [ascending[0], ascending.at(-1)]
  const few = ascending.filter(({ images }) => images < fewImages)
  if (few.length > 0) {
    const named = few.slice(0, 5).map(({ label, images }) => `"${label}" ${images}`)
    const rest = few.length - named.length
    const more = rest === 0 ? '' : ` and ${rest} ${rest === 1 ? 'class' : 'classes'} more`
    return [
      {
        kind: 'few-images',
        message: `Few pictures: ${named.join(', ')}${more}. Bring each class to ${fewImages} or more.`,
        gain: null,
        weight: (0.1 * few.length) / classes.length,
      },
    ]
  }
  if (least === undefined || most === undefined || most.images < unevenBy * least.images) return []
  return [
    {
      kind: 'uneven',
      message: `"${most.label}" has ${most.images} pictures and "${least.label}" ${least.images}: more of the latter help more than more of the former.`,
      gain: null,
      weight: 0.01,
    },
  ]
}

function morePictures({ learningCurve }: Findings): WeightedStep[] {
  const [now, twice] = learningCurve.filter(({ forecast }) => forecast)
  if (now === undefined || twice === undefined) return []
  const top1 = twice.top1 - now.top1
  if (top1 < minGain) return []
  return [
    {
      kind: 'more-images',
      message: `Twice as many pictures would raise the accuracy on new ones from ${percent(now.top1)} to about ${percent(twice.top1)}.`,
      gain: { top1, how: 'forecast' },
      weight: top1,
    },
  ]
}

function testShift({ test }: Findings): WeightedStep[] {
  if (test === null || !test.differs) return []
  const [worst] = test.perClass
  const where = worst === undefined ? '' : `, those of "${worst.label}" most surely`
  return [
    {
      kind: 'test-shift',
      message: `The test pictures are of another kind than those to learn from: a classifier tells them apart (AUROC ${test.auroc.toFixed(2)})${where}. Learn from pictures like those that it will meet.`,
      gain: null,
      weight: Math.max(0, test.auroc - 0.5) / 2,
      files: test.telling.map(({ file }) => file),
    },
  ]
}

function caseStep(one: TransferCase): WeightedStep {
  return { kind: 'case', ...caseWords[one], gain: null, weight: 0.0005 }
}

const caseWords: Readonly<Record<TransferCase, Pick<AdviceStep, 'message' | 'remedy'>>> = {
  'few-like': {
    message:
      'Few pictures, of a kind that the base model knows: its features do most of the work, and more pictures help more than any setting.',
  },
  'many-like': { message: 'Many pictures, of a kind that the base model knows: the usual settings are right.' },
  'few-unlike': {
    message:
      'Few pictures, and of a kind that the base model does not know, the hardest case: more pictures help most, or a base model that learned from such pictures.',
    remedy: { kind: 'compare-models' },
  },
  'many-unlike': {
    message:
      'Many pictures, of a kind that the base model does not know: its features stay as they are, and what they do not show cannot be learned here. If another base model is no better, a network should be trained on these pictures as a whole.',
    remedy: { kind: 'compare-models' },
  },
}
