import type { DataSet } from './data-set/data-set.js'
import type { TestComparison } from './findings.js'
import { twoSampleTest, type TwoSampleSettings } from './two-sample.js'

/**
 * Compares the test images with those of the folder, within classes where their folders name classes of it.
 *
 * @returns `null` without test images, or with too few of them
 */
export async function compareTest(
  { table, testTable, testImages, columnNames }: DataSet,
  settings: TwoSampleSettings,
): Promise<TestComparison | null> {
  if (testTable === undefined) return null
  const isNamed = testImages.some(({ column }) => column >= 0)
  const sample = ({ features, label }: typeof table) => ({ features, label: isNamed ? label : label.map(() => -1) })
  const found = await twoSampleTest(sample(table), sample(testTable), settings)
  if (found === undefined) return null
  const { images, auroc, pValue, differs, perClass, telling } = found
  return {
    images,
    auroc,
    pValue,
    differs,
    perClass: perClass
      .filter(({ label }) => label >= 0)
      .map(({ label, ...figures }) => ({ label: columnNames[label]!, ...figures })),
    telling: telling.map(({ row, score }) => ({ file: testImages[row]!.file, score })),
  }
}
