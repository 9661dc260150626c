import { expect, test } from '@jest/globals'
import { joinedFolders } from '../../src/folders/class-folders.js'

test('folders of one label are one class, in the order of the folders', () => {
  const folders = [
    { label: 'roses', files: ['a/roses/1.jpg'] },
    { label: 'daisy', files: ['a/daisy/1.jpg'] },
    { label: 'roses', files: ['b/roses/1.jpg', 'b/roses/2.jpg'] },
  ]
  expect(joinedFolders(folders)).toEqual([
    { label: 'roses', files: ['a/roses/1.jpg', 'b/roses/1.jpg', 'b/roses/2.jpg'] },
    { label: 'daisy', files: ['a/daisy/1.jpg'] },
  ])
})
