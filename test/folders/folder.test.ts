import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { countByKind } from '../../src/folders/passed-over.js'
import { listClasses, listImages, readClasses } from '../../src/folders/folder.js'

let root = ''

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nplusk-folder-'))
})

afterEach(async () => {
  await rm(root, { recursive: true })
})

/** Creates empty files: pictures are listed by name alone. */
async function make(...files: string[]): Promise<void> {
  for (const file of files) {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), '')
  }
}

async function listed(): Promise<Record<string, string[]>> {
  const classes = await listClasses(root)
  return Object.fromEntries(classes.map(({ label, files }) => [label, files.map((file) => relative(root, file))]))
}

describe('listClasses', () => {
  test('one class a folder; every known extension in any case; folders further down belong to the class', async () => {
    await make(
      'rose/a.JPG',
      'rose/b.jpeg',
      'rose/more/c.png',
      'rose/more/deep/d.WebP',
      'iris/a.gif',
      'iris/b.tif',
      'iris/c.TIFF',
      'iris/d.avif',
    )
    expect(await listed()).toEqual({
      iris: ['iris/a.gif', 'iris/b.tif', 'iris/c.TIFF', 'iris/d.avif'],
      rose: ['rose/a.JPG', 'rose/b.jpeg', 'rose/more/c.png', 'rose/more/deep/d.WebP'],
    })
  })

  test('the order is by code unit, whatever the locale', async () => {
    await make('b/1.jpg', 'a/10.jpg', 'a/9.jpg', 'a/B.jpg', 'a/b.jpg', 'Z/1.jpg', 'ä/1.jpg')
    expect((await listClasses(root)).map(({ label }) => label)).toEqual(['Z', 'a', 'b', 'ä'])
    expect((await listed()).a).toEqual(['a/10.jpg', 'a/9.jpg', 'a/B.jpg', 'a/b.jpg'])
  })

  test('hidden files, what systems leave behind, and what is no picture are passed over', async () => {
    await make(
      'rose/a.jpg',
      'rose/.hidden.jpg',
      'rose/._a.jpg',
      'rose/Thumbs.db',
      'rose/.DS_Store',
      'rose/notes.txt',
      'rose/.cache/b.jpg',
    )
    await make('__MACOSX/rose/a.jpg', 'rose/__MACOSX/a.jpg', '.git/x.jpg', 'LICENSE.txt', 'overview.jpg')
    expect(await listed()).toEqual({ rose: ['rose/a.jpg'] })
  })

  test('a folder with pictures and no folders is one class named after itself', async () => {
    await make('daffodil/b.jpg', 'daffodil/a.jpg', 'daffodil/readme.md')
    for (const dir of [join(root, 'daffodil'), `${join(root, 'daffodil')}/`, join(root, 'daffodil', '.')]) {
      const [only, ...others] = await listClasses(dir)
      expect(others).toEqual([])
      expect(only!.label).toBe('daffodil')
      expect(only!.files.map((file) => basename(file))).toEqual(['a.jpg', 'b.jpg'])
    }
  })

  test('labels may hold blanks, quotes and emoji, and are in NFC', async () => {
    await make('water lily/a.jpg', `lady's "slipper"/a.jpg`, '\u{1f33b}/a.jpg', 'E\u0301pine/a.jpg')
    expect((await listClasses(root)).map(({ label }) => label)).toEqual([
      'lady\'s "slipper"',
      'water lily',
      '\u00c9pine',
      '\u{1f33b}',
    ])
    const [epine] = (await listClasses(root)).filter(({ label }) => label === '\u00c9pine')
    expect(epine!.files).toEqual([join(root, 'E\u0301pine/a.jpg')])
  })

  test.each([
    ['NFC and NFD', '\u00c9pine', 'E\u0301pine'],
    ['a blank at the end', 'rose', 'rose '],
  ])('two folders that give one label are refused by name: %s', async (_, one, other) => {
    await make(`${one}/a.jpg`, `${other}/a.jpg`)
    const error = listClasses(root)
    await expect(error).rejects.toMatchObject({ code: 'BAD_INPUT' })
    await expect(error).rejects.toThrow(`"${join(root, one)}"`)
    await expect(error).rejects.toThrow(`"${join(root, other)}"`)
  })

  test('Rose and rose are two classes', async () => {
    await make('Rose/a.jpg', 'rose/a.jpg')
    expect(Object.keys(await listed())).toEqual(['Rose', 'rose'])
  })

  test('a folder name that cannot be a label is refused', async () => {
    await make('a\\b/a.jpg')
    await expect(listClasses(root)).rejects.toThrow('"a\\\\b" holds a slash, a backslash')
  })

  test.each([
    ['beside others', 'rose/a.jpg'],
    ['alone', '\u200b/b.jpg'],
  ])('a folder whose name shows nothing is named by its path, %s', async (_, other) => {
    await make('\u200b/a.jpg', other)
    const path = join(root, '\u200b')
    await expect(listClasses(other === 'rose/a.jpg' ? root : path)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: `The name of the class folder "${path}" shows nothing; rename the folder.`,
    })
  })

  test('links are followed: a linked class, a linked picture', async () => {
    await make('rose/a.jpg', 'tulip/a.jpg')
    await symlink(join(root, 'rose'), join(root, 'damask'))
    await symlink(join(root, 'rose/a.jpg'), join(root, 'tulip/b.jpg'))
    expect(await listed()).toEqual({
      damask: ['damask/a.jpg'],
      rose: ['rose/a.jpg'],
      tulip: ['tulip/a.jpg', 'tulip/b.jpg'],
    })
  })

  test('links that lead back are not followed again', async () => {
    await make('rose/a.jpg', 'rose/deep/b.jpg')
    await symlink(join(root, 'rose'), join(root, 'rose/deep/again'))
    await symlink(root, join(root, 'rose/deep/root'))
    expect(await listed()).toEqual({ rose: ['rose/a.jpg', 'rose/deep/b.jpg'] })
  })

  test('a link that leads nowhere is named', async () => {
    await make('rose/a.jpg')
    await symlink(join(root, 'gone.jpg'), join(root, 'rose/b.jpg'))
    await expect(listClasses(root)).rejects.toMatchObject({
      code: 'IO',
      message: expect.stringContaining(join(root, 'rose/b.jpg')),
    })
  })

  test('a hidden one, as Emacs leaves beside a file, is passed over as hidden', async () => {
    await make('rose/a.jpg')
    await symlink('me@here.1234:1700000000', join(root, 'rose/.#a.jpg'))
    const { classes, passedOver } = await readClasses(root)
    expect(classes.map(({ files }) => files)).toEqual([[join(root, 'rose/a.jpg')]])
    expect(passedOver).toEqual([{ file: join(root, 'rose/.#a.jpg'), kind: 'hidden file' }])
  })

  test('a missing folder', async () => {
    const path = join(root, 'missing')
    await expect(listClasses(path)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: `There is no folder "${path}"; check the path.`,
    })
  })

  // Node gives such a name with a character in it that stands for what is none.
  test('a folder whose name is not in UTF-8', async () => {
    const name = Buffer.concat([Buffer.from(`${root}/`), Buffer.of(0xff)])
    await mkdir(name)
    await writeFile(Buffer.concat([name, Buffer.from('/a.jpg')]), 'x')
    await expect(listClasses(root)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: `There is no folder "${join(root, '\ufffd')}"; if its name is not in UTF-8, rename it.`,
    })
  })

  test('a file in place of the folder', async () => {
    await make('rose.jpg')
    await expect(listClasses(join(root, 'rose.jpg'))).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('is not a folder'),
    })
  })

  test.each([
    ['an empty folder', []],
    ['text files alone', ['a.txt', 'b.csv']],
    ['class folders of text files', ['rose/a.txt', 'iris/a.md']],
  ])('%s: the error says what is understood', async (_, files) => {
    await make(...files)
    await expect(listClasses(root)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringMatching(
        /^No picture in .*; put in one folder per class with pictures \(JPEG, PNG, .* or BMP\)\.$/,
      ),
    })
  })

  test('class folders without a picture are left out, and all named', async () => {
    await make('rose/a.jpg', 'iris/a.txt')
    await mkdir(join(root, 'lily/deep'), { recursive: true })
    const { classes, warnings } = await readClasses(root)
    expect(classes.map(({ label }) => label)).toEqual(['rose'])
    expect(warnings).toEqual([
      `No picture in the class folders "${join(root, 'iris')}", "${join(root, 'lily')}", which are left out.`,
    ])
  })

  const asRoot = process.getuid?.() === 0
  const testAsUser = asRoot ? test.skip : test
  testAsUser(
    `a folder that may not be read is named${asRoot ? ' (skipped: root may read everything)' : ''}`,
    async () => {
      await make('rose/a.jpg')
      await chmod(join(root, 'rose'), 0)
      await expect(listClasses(root)).rejects.toMatchObject({
        code: 'IO',
        message: expect.stringContaining('permission is denied'),
      })
      await chmod(join(root, 'rose'), 0o700)
    },
  )
})

describe('readClasses', () => {
  const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)

  test('pictures by their content, whatever their names; the rest by its kind', async () => {
    const names = ['a.HEIC', 'b', 'c.jpg_large', 'd.jpeg?w=1024', 'e.jpg ', 'f.txt', 'g.']
    await make('rose/1.jpg', 'rose/empty.dat', 'beside.png', 'rose/.secret.jpg')
    for (const name of names) await writeFile(join(root, 'rose', name), jpeg)
    await writeFile(join(root, 'rose/notes'), 'a rose')
    const { classes, passedOver, warnings } = await readClasses(root)
    expect(classes[0]!.files.map((file) => basename(file))).toEqual(['1.jpg', ...names])
    expect(
      countByKind(passedOver).map(({ kind, files }) => [kind, ...files.map((file) => relative(root, file))]),
    ).toEqual([
      ['picture beside the class folders', 'beside.png'],
      ['hidden file', 'rose/.secret.jpg'],
      ['empty file', 'rose/empty.dat'],
      ['text file', 'rose/notes'],
    ])
    expect(warnings).toEqual([
      `1 picture beside the class folders belongs to no class ("${join(root, 'beside.png')}"); put it into a class folder.`,
    ])
  })

  test('system folders are not entered', async () => {
    const system = [
      '@eaDir',
      '#recycle',
      '$RECYCLE.BIN',
      'System Volume Information',
      'lost+found',
      '.thumbnails',
      '.AppleDouble',
      '.ipynb_checkpoints',
      '__MACOSX',
    ]
    await make('rose/1.jpg', ...system.map((name) => `${name}/1.jpg`), ...system.map((name) => `rose/${name}/1.jpg`))
    expect(await readClasses(root)).toEqual({
      classes: [{ label: 'rose', files: [join(root, 'rose/1.jpg')] }],
      passedOver: [],
      warnings: [],
    })
  })

  test('what wraps the class folders is told, and pictures there belong to no class', async () => {
    await make('data/sample.jpg', 'data/set/rose/1.jpg', 'data/set/iris/1.jpg', 'data/set/cover.jpg')
    const { classes, passedOver, warnings } = await readClasses(root)
    expect(classes.map(({ label }) => label)).toEqual(['iris', 'rose'])
    expect(passedOver.map(({ file }) => relative(root, file))).toEqual(['data/sample.jpg', 'data/set/cover.jpg'])
    expect(warnings).toHaveLength(2)
    expect(warnings[0]).toBe(
      `The class folders are taken from "${join(root, 'data/set')}", the only folder with pictures in "${root}".`,
    )
  })

  test('pictures by date beside others are one class, and this is told', async () => {
    await make('roses/1.jpg', 'roses/2.jpg', 'roses/2019/3.jpg', 'roses/2020/4.jpg')
    const roses = join(root, 'roses')
    expect(await readClasses(roses)).toEqual({
      classes: [
        { label: 'roses', files: ['1.jpg', '2.jpg', '2019/3.jpg', '2020/4.jpg'].map((name) => join(roses, name)) },
      ],
      passedOver: [],
      warnings: [
        `The pictures in "${roses}" are taken for one class, "roses", with those of its folders "2019", "2020".`,
      ],
    })
  })

  test('folders without pictures say what they hold', async () => {
    await make('rose/a', 'rose/b')
    await writeFile(join(root, 'notes.md'), 'none yet')
    await expect(readClasses(root)).rejects.toThrow(`No picture in "${root}" (but 2 empty files, 1 text file); put in`)
  })
})

describe('listImages', () => {
  test('one list of everything below', async () => {
    await make('z.jpg', 'a/2.jpg', 'a/1.png', 'a/b/3.gif', 'notes.txt')
    const files = await listImages(root)
    expect(files.map((file) => relative(root, file))).toEqual(['z.jpg', 'a/1.png', 'a/2.jpg', 'a/b/3.gif'])
  })

  test('nothing to list is an error', async () => {
    await expect(listImages(root)).rejects.toMatchObject({ code: 'BAD_INPUT' })
    await expect(listImages(join(root, 'missing'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
