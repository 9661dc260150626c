import { beforeAll, describe, expect, test } from '@jest/globals'
import { imagenetClasses, type ClassInfo } from '../../src/catalog/imagenet.js'
import { columnOfFolder, findColumns, unknownFolders, type NamedColumns } from '../../src/classes/find-class.js'

let base: readonly ClassInfo[]
beforeAll(async () => {
  base = await imagenetClasses()
})

const daisy = 985
const goldfish = 1

/** Added classes as `[label, folder]`, in columns of their own from 1000 on; or merged into the column given. */
function columns(...added: readonly (readonly [label: string, folder: string, column?: number])[]): NamedColumns {
  return { base, added: added.map(([label, folder, column], i) => ({ label, folder, column: column ?? 1000 + i })) }
}

describe('a name means', () => {
  test('an old class by its WordNet id, whatever the folders of added ones were called', () => {
    expect(findColumns('n01443537', columns(['goldfish (pond)', 'n01443537']))).toEqual([goldfish])
  })

  test('the added class with that very label, over all increments, before any folder name', () => {
    expect(findColumns('poppy', columns(['poppy (B)', 'poppy'], ['poppy', 'poppy']))).toEqual([1001])
    expect(findColumns('poppy (B)', columns(['poppy (B)', 'poppy'], ['poppy', 'poppy']))).toEqual([1000])
  })

  test("an added class by its folder's name, before any name of an old one", () => {
    expect(findColumns('daisy', columns(['daisy (flowers)', 'daisy']))).toEqual([1000])
    expect(findColumns('daisy', columns(['rose', 'rose']))).toEqual([daisy])
    expect(findColumns('tabby cat', columns(['tabby cat (pets)', 'tabby cat']))).toEqual([1000])
    expect(findColumns('poppy', columns(['poppy (A)', 'poppy'], ['poppy (B)', 'poppy']))).toEqual([1000, 1001])
  })

  test('an old class by any of its names', () => {
    expect(findColumns('Carassius auratus', columns())).toEqual([goldfish])
    expect(findColumns('polecat', columns())).toEqual([358])
    expect(findColumns('crane', columns())).toEqual([134, 517])
  })

  test('a class whatever the case, in singular or plural, where that is one', () => {
    const added = columns(['roses', 'roses'], ['water lily', 'water-lily'])
    for (const name of ['ROSES', 'Rose', 'rose']) expect(findColumns(name, added)).toEqual([1000])
    for (const name of ['Water_Lilies', 'water-lily']) expect(findColumns(name, added)).toEqual([1001])
    expect(findColumns('DAISIES', added)).toEqual([daisy])
    expect(findColumns('Sunglasses', added)).toEqual([837])
  })

  test('by case rather than by number', () => {
    const added = columns(['rose', 'rose'], ['roses', 'roses'])
    expect(findColumns('ROSES', added)).toEqual([1001])
    expect(findColumns('Daisy', columns(['daisy (flowers)', 'daisy']))).toEqual([1000])
  })

  test('the same in one and in two characters', () => {
    const added = columns(['café', 'café'])
    expect(findColumns('cafe\u0301', added)).toEqual([1000])
    expect(findColumns('CAFE\u0301', added)).toEqual([1000])
  })

  test('a column once, however many increments have pictures of it', () => {
    expect(findColumns('rose', columns(['rose', 'rose', 1000], ['rose', 'more rose', 1000]))).toEqual([1000])
    expect(findColumns('daisy', columns(['daisy', 'daisies', daisy]))).toEqual([daisy])
  })

  test('nothing', () => {
    expect(findColumns('tulip', columns(['rose', 'rose']))).toEqual([])
  })
})

test('a folder that may mean several classes stops with their list', () => {
  const labels = [...base, { label: 'poppy (A)' }, { label: 'poppy (B)' }]
  const named = columns(['poppy (A)', 'poppy'], ['poppy (B)', 'poppy'])
  expect(() => columnOfFolder('poppy', named, labels)).toThrow(
    'The folder "poppy" may mean the class "poppy (A)" or "poppy (B)"; rename it to one of these labels.',
  )
  expect(columnOfFolder('poppy (B)', named, labels)).toBe(1001)
  expect(columnOfFolder('tulip', named, labels)).toBeUndefined()
})

test('folders that name no class are refused with the labels nearest to the first', () => {
  const labels = [{ label: 'rose' }, { label: 'tulip' }]
  expect(unknownFolders(['tulpi'], labels)).toMatchObject({
    message: 'The folder "tulpi" names no class of this model; the nearest labels are "tulip" and "rose".',
    remedy: { kind: 'rename-or-skip', folders: 1 },
  })
  expect(unknownFolders(['tulpi', 'x'], labels).message).toContain('The folder "tulpi" (and 1 more) names no class')
})
