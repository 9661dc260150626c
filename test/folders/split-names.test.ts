import { expect, test } from '@jest/globals'
import { looseSplitRole, splitRole } from '../../src/folders/split-names.js'
import { isStorageName } from '../../src/folders/storage-names.js'

test.each([
  ...['train', 'TRAIN', 'Training', 'train2017', 'seg_train', 'Training_set', 'TrainImages', 'trainval', 'trainA'],
  ...['fold1', 'Fold_02', 'cv-fold-3', 'train_images', 'k-fold 5'],
])('%s is for training', (name) => {
  expect(splitRole(name)).toBe('train')
})

test.each(['val', 'Valid', 'validation', 'val2017', 'dev', 'eval', 'Validation Set', 'hold-out'])(
  '%s is for validation',
  (name) => {
    expect(splitRole(name)).toBe('validate')
  },
)

test.each(['test', 'Testing', 'test_set', 'seg_test', 'TestImages', 'seg_pred'])('%s is for a test', (name) => {
  expect(splitRole(name)).toBe('test')
})

test.each([
  'roses',
  'bullet train',
  'trains',
  'testudo',
  'crash test dummy',
  'valley',
  'devil',
  '2019',
  '7',
  'images',
  'b',
])('%s is no part of a data set', (name) => {
  expect(splitRole(name)).toBeUndefined()
})

test('with other words, only the first and the last count', () => {
  expect(looseSplitRole('flowers_train')).toBe('train')
  expect(looseSplitRole('test-flowers')).toBe('test')
  expect(looseSplitRole('a test tube')).toBeUndefined()
})

test('names that say where pictures came from', () => {
  for (const name of [
    'DCIM',
    '100CANON',
    '101APPLE',
    '100_PANA',
    '2019',
    '2019-05-03',
    '20190503',
    'batch 3',
    'images',
  ])
    expect([name, isStorageName(name)]).toEqual([name, true])
  for (const name of [
    'roses',
    '0',
    '12',
    'red',
    'batch',
    '1850',
    'sunflower',
    'type 3',
    'n01443537',
    '501 blue',
    '01440764',
    '12345678',
  ])
    expect([name, isStorageName(name)]).toEqual([name, false])
})
