import { describe, expect, test } from '@jest/globals'
import { modelName } from '../../../src/server/models/model-name.js'

describe('modelName', () => {
  test.each<[string, string | undefined, string]>([
    ['./extended', undefined, 'extended'],
    ['/data/my flowers/', undefined, 'my flowers'],
    ['models/resnet50.onnx', undefined, 'resnet50'],
    ['inception-v3', undefined, 'inception-v3'],
    ['hf:owner/name', undefined, 'name'],
    ['https://example.org/models/vit.onnx?download=true', undefined, 'vit'],
    ['./extended', 'Blumen-übersicht', 'Blumen-übersicht'],
    // Names of folders may be written in two ways; addresses in one.
    ['./u\u0308bung', undefined, 'übung'],
  ])('%s, given %s, is %s', (model, given, name) => {
    expect(modelName(model, given)).toBe(name)
  })

  test.each(['', '.', '..', 'a/b', 'a\\b', 'a?b', 'a#b', 'a%2fb', ' a', 'a\n', 'x'.repeat(300)])(
    '%j cannot be one',
    (given) => {
      expect(() => modelName('./extended', given)).toThrow(/cannot be a model's name/)
    },
  )
})
