import type { Advice } from './advice.js'
import type { AdviceStep } from './steps.js'

type Findings = Pick<Advice, 'unreadable' | 'duplicates' | 'mislabelled' | 'outliers'>

const maxFiles = 20

/** What to do about the findings, the most useful first. */
export function rankSteps({ unreadable, duplicates, mislabelled, outliers }: Findings): AdviceStep[] {
  const steps: AdviceStep[] = []
  const add = (kind: AdviceStep['kind'], message: string, files: readonly string[]) =>
    steps.push({ kind, message, gain: null, files: files.slice(0, maxFiles) })
  const across = duplicates.filter(({ test, files }) => test > 0 && test < files.length)
  const contradictions = duplicates.filter(({ labels }) => labels.length > 1)
  const wrong = mislabelled.filter(({ likely }) => likely)
  const strange = outliers.filter(({ likely }) => likely)
  if (across.length > 0)
    add(
      'test-duplicates',
      `${across.length} pictures are among the test images and the training images: what is measured on them is too good. Take them out of one of the two.`,
      across.flatMap(({ files }) => files),
    )
  if (contradictions.length > 0)
    add(
      'contradictions',
      `${contradictions.length} pictures lie in several classes; keep each in one alone.`,
      contradictions.flatMap(({ files }) => files),
    )
  if (wrong.length > 0)
    add(
      'labels',
      `${wrong.length} images are probably in the wrong folder; look at them, the likeliest first.`,
      wrong.map(({ file }) => file),
    )
  if (strange.length > 0)
    add(
      'outliers',
      `${strange.length} images are unlike their class; take out those that do not belong there.`,
      strange.map(({ file }) => file),
    )
  if (unreadable.length > 0)
    add(
      'read-failures',
      `${unreadable.length} files cannot be read; mend or remove them.`,
      unreadable.map(({ file }) => file),
    )
  return steps
}
