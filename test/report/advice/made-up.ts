import type { Advice } from '../../../src/advice/advice.js'
import { hostile } from '../records.js'

export const advisedLabels = ['rose', 'tulip', hostile]

/**
 * Advice with something in every list.
 *
 * @param files of the folder, five or more; the classes take turns
 * @param test files of the test folder
 */
export function madeUpAdvice(folder: string, files: readonly string[], test: readonly string[]): Advice {
  const labelOf = (i: number) => advisedLabels[i % advisedLabels.length]!
  const score = (i: number) => 1 - i / files.length
  return {
    folder,
    model: 'tiny',
    classes: advisedLabels.map((label, i) => ({
      label,
      images: 20 - i,
      files: 20,
      grows: i === 1 ? 'tulips' : null,
      top1: i === 2 ? null : 0.9 - i / 10,
    })),
    images: { given: 60, used: 57, unreadable: 1, duplicate: 2 },
    unreadable: [{ file: `${folder}/rose/${hostile}.jpg`, reason: `It is no picture: ${hostile}.` }],
    passedOver: [{ kind: 'text file', count: 2, files: ['a.txt', 'b.txt'] }],
    duplicates: [
      { files: [files[0]!, test[0]!], labels: ['rose'], kind: 'near', test: 1 },
      { files: [files[1]!, files[2]!], labels: ['tulip', hostile], kind: 'exact', test: 0 },
      { files: files.slice(0, 3), labels: ['rose'], kind: 'near', test: 0 },
      { files: test.slice(1, 3), labels: [], kind: 'exact', test: 2 },
      { files: test.slice(3, 5), labels: ['tulip'], kind: 'near', test: 2 },
    ],
    mislabelled: files.map((file, i) => ({
      file,
      label: labelOf(i),
      suggested: labelOf(i + 1),
      score: score(i),
      likely: i < 3,
    })),
    judged: { giveaways: 3, labels: 3, outliers: 3 },
    outliers: files.map((file, i) => ({ file, label: labelOf(i), score: score(i), likely: i === 0 })),
    similar: [
      { labels: ['rose', 'tulip'], score: 0.2, taken: [5, 3], files: files.slice(0, 5) },
      { labels: ['tulip', hostile], score: 0.1, taken: [0, 4], files: files.slice(1, 3) },
      { labels: ['rose', hostile], score: 0, taken: [0, 0], files: [] },
    ],
    overlap: [
      { label: 'rose', existing: 'daisy', increment: 'base', byName: false, score: 0.5 },
      { label: hostile, existing: hostile, increment: 'flowers', byName: true, score: null },
    ],
    giveaways: [
      { label: 'tulip', attribute: 'jpeg-quality', score: 1, value: 20, others: 92.5 },
      { label: hostile, attribute: 'camera', score: 0.9, value: hostile, others: 'unknown', shares: [0.95, 0.05] },
    ],
    shift: {
      distance: 0.08,
      unsureness: 0.95,
      scale: [
        { name: 'photographs', distance: 0.003, unsureness: 0.22 },
        { name: 'drawings', distance: 0.16, unsureness: 1.87 },
      ],
    },
    test: {
      images: [57, 30],
      auroc: 0.83,
      pValue: 0.001,
      differs: true,
      couldTell: true,
      perClass: [
        { label: 'rose', images: 15, auroc: 0.9 },
        { label: hostile, images: 15, auroc: 0.7 },
      ],
      telling: test.map((file, i) => ({ file, score: 0.99 - i / 10 })),
    },
    expected: { top1: 0.87, low: 0.8, high: 0.92 },
    learningCurve: [
      { images: 5, top1: 0.7, low: 0.6, high: 0.8, forecast: false },
      { images: 10, top1: 0.8, low: 0.7, high: 0.87, forecast: false },
      { images: 19, top1: 0.87, low: 0.8, high: 0.92, forecast: true },
      { images: 38, top1: 0.9, low: 0.84, high: 0.94, forecast: true },
    ],
    case: 'few-like',
    advice: [
      { kind: 'labels', message: 'Look at these.', gain: { top1: 0.021, how: 'measured' }, files: files.slice(0, 3) },
      { kind: 'more-images', message: `Take more of ${hostile}.`, gain: { top1: 0.03, how: 'forecast' }, files: [] },
      { kind: 'ready', message: 'Learn them.', remedy: { kind: 'list-models' }, gain: null, files: [] },
    ],
    warnings: [],
    seconds: { total: 1 },
  }
}
