import { expect, test } from '@jest/globals'
import { imagenetClasses } from '../../src/catalog/imagenet.js'

test('the 1000 classes have labels and WordNet ids of their own, in the order of the ids', async () => {
  const classes = await imagenetClasses()
  expect(classes).toHaveLength(1000)
  expect(new Set(classes.map(({ label }) => label)).size).toBe(1000)
  const wnids = classes.map(({ wnid }) => wnid!)
  expect(wnids.filter((wnid) => !/^n\d{8}$/.test(wnid))).toEqual([])
  expect(wnids).toEqual([...new Set(wnids)].sort())
  for (const { names } of classes) {
    expect(names.length).toBeGreaterThan(0)
    expect(names.filter((name) => name === '' || name !== name.trim())).toEqual([])
  }
  expect([0, 985, 999].map((i) => classes[i]!.label)).toEqual(['tench', 'daisy', 'toilet tissue'])
})

test('classes that share a name are told apart by the next one, or by their WordNet id', async () => {
  const classes = await imagenetClasses()
  const sharing = classes.filter(({ label, names }) => label !== names[0])
  expect(sharing.map(({ label, wnid }) => [label, wnid])).toEqual([
    ['crane (n02012849)', 'n02012849'],
    ['crane (n03126707)', 'n03126707'],
    ['tank suit', 'n03710721'],
  ])
  expect(classes[638]).toEqual({ label: 'maillot', wnid: 'n03710637', names: ['maillot'] })
})
