import { describe, expect, test } from '@jest/globals'
import { sentenceOf } from '../../src/cli/remedies.js'
import { findLayout, type Layout } from '../../src/folders/layout.js'
import { refuseNested, refuseSplits } from '../../src/folders/layout-refusal.js'
import type { FolderTree } from '../../src/folders/walk.js'

/** A folder tree from paths of pictures such as `roses/1.jpg`; a path that ends in a slash is an empty folder. */
function folder(path: string, files: readonly string[]): FolderTree {
  const below = new Map<string, string[]>()
  const images: string[] = []
  for (const file of files) {
    const [first, ...rest] = file.split('/')
    if (rest.length === 0) images.push(`${path}/${file}`)
    else
      below.set(
        first!,
        [...(below.get(first!) ?? []), rest.join('/')].filter((name) => name !== ''),
      )
  }
  const folders = [...below].map(([name, inner]) => folder(`${path}/${name}`, inner))
  return { path, name: path.split('/').at(-1)!, images, folders, passedOver: [] }
}

function layoutOf(...files: string[]): Layout {
  return findLayout(folder('B', files))
}

/** The label of every class, or the type of the layout. */
function classesOf(...files: string[]): string[] | string {
  const layout = layoutOf(...files)
  return layout.type === 'classes' ? layout.classes.map(({ name }) => name) : `${layout.type} ${layout.root.path}`
}

/** What the command line prints about it. */
function messageOf(layout: Layout, purpose: 'add' | 'evaluate' = 'add'): string {
  if (layout.type === 'splits') return sentenceOf(refuseSplits(layout, purpose))
  if (layout.type === 'nested') return sentenceOf(refuseNested(layout, purpose))
  throw new Error(`${layout.type} is no layout that is refused`)
}

/** One picture of each class in a folder, by default of two classes. */
function two(path: string, ...classes: string[]): string[] {
  return (classes.length > 0 ? classes : ['roses', 'tulips']).map((name) => `${path}/${name}/1.jpg`)
}

describe('folders as people have them', () => {
  test.each<[string, string[], string[] | string]>([
    ['class folders', two('.').map((file) => file.slice(2)), ['roses', 'tulips']],
    ['pictures alone', ['1.jpg'], 'one class B'],
    ['one class folder', ['roses/1.jpg'], ['roses']],
    ['one folder around', two('flowers'), ['roses', 'tulips']],
    ['two folders around', two('data/flowers'), ['roses', 'tulips']],
    ['a folder around, an empty one beside', [...two('flowers'), 'docs/'], ['roses', 'tulips']],
    ['one around, and a picture beside', [...two('flowers'), 'sample.png'], ['roses', 'tulips']],
    ['one around with a stray picture in it', [...two('flowers'), 'flowers/sample.png'], ['roses', 'tulips']],
    ['train alone', two('train'), ['roses', 'tulips']],
    ['a class that is called train', ['bus/1.jpg', 'train/1.jpg', 'test tube/1.jpg'], ['bus', 'train', 'test tube']],
    ['trains of two kinds', ['bullet train/1.jpg', 'freight train/1.jpg'], ['bullet train', 'freight train']],
    ['digits', ['0/a.jpg', '1/a.jpg', '2/a.jpg'], ['0', '1', '2']],
    ['a stray picture on each level', ['1.png', 'data/2.png', ...two('data/set', 'a', 'b', 'c')], ['a', 'b', 'c']],
    [
      'pictures of a class, and more in folders',
      ['cat/1.jpg', 'cat/2.jpg', 'cat/a/3.jpg', 'cat/b/4.jpg', 'dog/1.jpg'],
      ['cat', 'dog'],
    ],
    ['a class with a folder in it', ['cat/1.jpg', 'cat/more/2.jpg', 'dog/1.jpg'], ['cat', 'dog']],
    ['a class whose pictures are a folder further down', ['cat/images/1.jpg', 'dog/images/1.jpg'], ['cat', 'dog']],
    ['pictures of one class in a folder called images', ['images/1.jpg', 'images/2.jpg'], 'one class B'],
    ['pictures by date beside others', ['1.jpg', '2.jpg', '2019/3.jpg', '2020/4.jpg'], 'one class B'],
    ['classes whose names could be dates, and a picture beside', ['1.jpg', 'old/3.jpg', 'new/4.jpg'], ['old', 'new']],
  ])('%s', (_, files, expected) => {
    expect(classesOf(...files)).toEqual(expected)
  })

  test.each<[string, string[], string, string]>([
    [
      'train and val',
      [...two('train'), ...two('val')],
      '"train" and "val"',
      '"extend --add B/train", then "extend evaluate B/val"',
    ],
    [
      'in other case, test beside',
      [...two('Test'), ...two('TRAIN'), ...two('Valid')],
      '"Test", "TRAIN" and "Valid"',
      '"extend --add B/TRAIN", then "extend evaluate B/Valid"',
    ],
    [
      'by year',
      [...two('train2017'), ...two('val2017')],
      '"train2017" and "val2017"',
      '"extend --add B/train2017", then "extend evaluate B/val2017"',
    ],
    [
      'folded twice',
      [...two('seg_train/seg_train'), ...two('seg_test/seg_test'), 'seg_pred/seg_pred/1.jpg'],
      '"seg_train", "seg_test" and "seg_pred"',
      '"extend --add B/seg_train", then "extend evaluate B/seg_test"',
    ],
    [
      'folds',
      [...two('fold1'), ...two('fold2'), ...two('fold3')],
      '"fold1", "fold2" and "fold3"',
      '"extend --add B/fold1", then "extend evaluate B/fold2"',
    ],
    [
      'in a folder around',
      [...two('images/train'), ...two('images/test')],
      '"train" and "test"',
      '"extend --add B/images/train", then "extend evaluate B/images/test"',
    ],
    [
      'a test part without classes',
      [...two('train'), 'test/1.jpg', 'test/2.jpg'],
      '"train" and "test"',
      '"extend --add B/train"',
    ],
    [
      'one class in each',
      ['train/roses/1.jpg', 'val/roses/2.jpg'],
      '"train" and "val"',
      '"extend --add B/train", then "extend evaluate B/val"',
    ],
    [
      "the set's name in them",
      [...two('flowers_train'), ...two('flowers_test')],
      '"flowers_train" and "flowers_test"',
      '"extend --add B/flowers_train", then "extend evaluate B/flowers_test"',
    ],
    [
      'no classes at all',
      ['train/1.jpg', 'test/2.jpg'],
      '"train" and "test"',
      'sort the pictures of each into one folder per class first',
    ],
  ])('parts of a data set: %s', (_, files, parts, remedy) => {
    const layout = layoutOf(...files)
    expect(layout.type).toBe('splits')
    const { path } = layout.root
    expect(messageOf(layout)).toBe(
      `"${path}" holds the parts ${parts} of a data set and no class folders; ${remedy.startsWith('sort') ? remedy : `type ${remedy}`}.`,
    )
  })

  test('a part whose pictures are in one folder without a name of its own has no classes', () => {
    const layout = layoutOf('train/n01443537/images/1.jpg', 'train/n01440764/images/1.jpg', 'val/images/1.jpg')
    expect(messageOf(layout)).toMatch(/; type "extend --add B\/train"\.$/)
  })

  test('a part beside class folders is to be moved', () => {
    const layout = layoutOf('roses/1.jpg', 'tulips/1.jpg', ...two('val'))
    expect(messageOf(layout)).toBe(
      '"B" holds "val", with pictures to measure with, beside the class folders "roses" and "tulips"; move that elsewhere, then type "extend --add B" again.',
    )
    expect(messageOf(layout, 'evaluate')).toMatch(/; type "extend evaluate B\/val"\.$/)
  })

  test('parts of a data set, to evaluate: only that is advised', () => {
    const remedy = messageOf(layoutOf(...two('train'), ...two('val')), 'evaluate').split('; ')[1]
    expect(remedy).toBe('type "extend evaluate B/val".')
  })

  test('a folder of folders of pictures is never one class in silence', () => {
    const layout = layoutOf(...two('flowers'), ...two('birds', 'owl', 'duck', 'hen'), 'cars/1.jpg')
    expect(layout.type).toBe('nested')
    expect(messageOf(layout)).toBe(
      'In "B", folders hold folders of pictures in place of pictures: "flowers" ("roses" and "tulips"), "birds" ("owl", "duck" and "hen"); type "extend --add B/flowers --add B/birds" for the classes in them; to make it one class, put the pictures of its folders into it.',
    )
    expect(messageOf(layout, 'evaluate')).toContain('type "extend evaluate B/flowers" for the classes in it')
  })

  test('the same classes in several folders: one of them can be added', () => {
    expect(messageOf(layoutOf(...two('amazon/images'), ...two('webcam/images')))).toContain(
      '; type "extend --add B/amazon" for the classes in it; ',
    )
  })

  test('parts in every class folder cannot be named in a command', () => {
    const layout = layoutOf('roses/train/1.jpg', 'roses/val/2.jpg', 'tulips/train/1.jpg', 'tulips/val/2.jpg')
    expect(messageOf(layout)).toMatch(/; make one folder per class with the pictures to learn from, and another such/)
  })

  test('folders by camera or date in a class folder are taken together, and this is told', () => {
    const layout = layoutOf(
      'roses/2019/1.jpg',
      'roses/2020-06/1.jpg',
      'tulips/DCIM/100CANON/1.jpg',
      'tulips/DCIM/101CANON/2.jpg',
    )
    expect(layout).toMatchObject({ type: 'classes', classes: [{ name: 'roses' }, { name: 'tulips' }] })
    expect('pooled' in layout && layout.pooled.map(({ name }) => name)).toEqual(['roses', 'tulips'])
  })

  test('paths with blanks are quoted for the shell', () => {
    const layout = findLayout(folder("my 'own' set", [...two('train'), ...two('val')]))
    expect(messageOf(layout)).toContain(`"extend --add 'my '\\''own'\\'' set/train'"`)
  })
})
