import { were } from '../core/numbers.js'
import type { Warn } from '../core/progress.js'
import { pickRows } from '../features/table.js'
import type { DataSet } from './data-set/data-set.js'
import type { TestComparison } from './findings.js'
import { twoSampleTest, type TwoSampleSettings } from './two-sample.js'

/**
 * Compares the test images with those of the folder, within classes where their folders name classes of it. Of copies
 * the first alone is compared: leaving one of two out, a classifier takes the other one's side.
 *
 * @param roots [pictures, the test images last] the first picture that each is a copy of
 * @returns `null` without test images, or with too few of them
 */
export async function compareTest(
  {
    images,
    table,
    testTable,
    testImages,
    columnNames,
  }: Pick<DataSet, 'images' | 'table' | 'testTable' | 'testImages' | 'columnNames'>,
  roots: readonly number[],
  { warn, ...settings }: TwoSampleSettings & { readonly warn: Warn },
): Promise<TestComparison | null> {
  if (testTable === undefined) return null
  const first = roots.length - testImages.length
  const own = [...images.keys()].filter((i) => roots[i] === i)
  const compared = [...testImages.keys()].filter((i) => roots[first + i] === first + i)
  const isNamed = testImages.some(({ column }) => column >= 0)
  const others = isNamed ? testImages.filter(({ column }) => column < 0) : []
  if (others.length > 0) {
    const [lie, they] = others.length === 1 ? ['lies', 'it'] : ['lie', 'they']
    warn(
      'TEST_WITHOUT_CLASS',
      `${others.length} of the ${testImages.length} test pictures ${lie} in no folder of a class to learn, such as "${others[0]!.file}"; ${they} ${were(others.length)} looked at for copies alone.`,
    )
  }
  const sample = ({ features, label }: typeof table) => ({ features, label: isNamed ? label : label.map(() => -1) })
  const found = await twoSampleTest(sample(pickRows(table, own)), sample(pickRows(testTable, compared)), settings)
  if (found === undefined) return null
  const { perClass, telling, ...overall } = found
  return {
    ...overall,
    perClass: perClass
      .filter(({ label }) => label >= 0)
      .map(({ label, ...figures }) => ({ label: columnNames[label]!, ...figures })),
    telling: telling.map(({ row, score }) => ({ file: testImages[compared[row]!]!.file, score })),
  }
}
