import { describe, expect, test } from '@jest/globals'
import { sentenceOf, wordsOf } from '../../src/cli/remedies.js'
import type { Remedy } from '../../src/core/remedies.js'

const problem = 'Something is wrong.'

describe('sentenceOf', () => {
  test('without a remedy is the message', () => {
    expect(sentenceOf({ message: problem })).toBe(problem)
  })

  test.each<[Remedy, string]>([
    [{ kind: 'use-cpu' }, 'Something is wrong; use --device cpu.'],
    [
      { kind: 'name-tensor', option: 'head' },
      'Something is wrong: give --scores the name of a node, or of a tensor it makes.',
    ],
    [{ kind: 'list-models' }, 'Something is wrong ("extend models" lists the known ones).'],
    [
      { kind: 'verify-bundle', bundle: 'my bundle' },
      `Something is wrong ("extend verify 'my bundle'" says what else can be done).`,
    ],
    [
      { kind: 'merge-classes' },
      'Something is wrong. To make them one, take the new pictures out with "extend remove" and add them again with --overlap merge.',
    ],
    [{ kind: 'rename-or-skip', folders: 2 }, 'Something is wrong. Rename them, or leave them out with --skip-unknown.'],
  ])('is one sentence, joined as its parts want it: %j', (remedy, sentence) => {
    expect(sentenceOf({ message: problem, remedy })).toBe(sentence)
  })
})

describe('wordsOf', () => {
  test.each<[Remedy, string]>([
    [{ kind: 'mend-or-use-cpu', mend: { kind: 'set-up-cuda' } }, 'run "extend setup-cuda", or use the device cpu'],
    [
      { kind: 'mend-or-use-cpu', mend: { kind: 'mend-machine', what: 'install a driver' } },
      'install a driver, or use the device cpu',
    ],
    [
      { kind: 'set-up-cuda-again', libraries: 'mismatched' },
      'run "extend setup-cuda" again, and see with ldd which libraries are found',
    ],
    [
      { kind: 'confirm-input', options: ['mean', 'std'] },
      'give old photographs, in folders named by class, with --rehearsal DIR, or set --mean and --std ("extend inspect" shows what was tried)',
    ],
    [
      { kind: 'confirm-input', options: ['mean', 'std', 'channels'] },
      'give old photographs, in folders named by class, with --rehearsal DIR, or set --mean, --std and --channels ("extend inspect" shows what was tried)',
    ],
    [{ kind: 'give-grey-values' }, 'give --mean and --std one number each, and leave --channels out'],
    [
      { kind: 'name-head', candidate: 'fc' },
      'name the node that makes the class scores with --scores NODE, such as fc, and the tensor of its features with --bottleneck TENSOR if need be',
    ],
    [{ kind: 'pull-model', model: 'hf:a/b' }, 'run "extend models pull hf:a/b" where the network allows it'],
    [
      { kind: 'extend-instead', bundle: 'my bundle' },
      "extend that one with --model 'my bundle', or choose another --out",
    ],
    [{ kind: 'make-bundle', out: 'my bundle' }, `make one with "extend --add DIR --out 'my bundle'"`],
    [
      { kind: 'make-bundle-of', model: 'my model.onnx' },
      `make one of it with "extend --add DIR --model 'my model.onnx' --out BUNDLE"`,
    ],
    [
      { kind: 'rename-or-remove', increment: '-x y' },
      `give another --name, or take it out first with "extend remove -- '-x y'"`,
    ],
    [{ kind: 'merge-lookalike' }, 'if they are the same thing, use --overlap merge'],
    [
      { kind: 'merge-lookalike-again' },
      'if they are the same thing, take the new pictures out with "extend remove" and add them again with --overlap merge',
    ],
    [
      { kind: 'merge-lookalike-again', rename: 'daisy' },
      'if they are the same thing, name the folder "daisy", take the new pictures out with "extend remove" and add them again with --overlap merge',
    ],
    [{ kind: 'use-parts', add: 'a b', evaluate: 'c' }, `type "extend --add 'a b'", then "extend evaluate c"`],
    [
      { kind: 'use-inner-folders', purpose: 'add', folders: ['a', 'b'] },
      'type "extend --add a --add b" for the classes in them; to make it one class, put the pictures of its folders into it',
    ],
    [
      { kind: 'raise-max-old-drop', maxOldDrop: 0, suggested: 0.1, oldImages: 40, allowed: 0 },
      'of 40 old images, --max-old-drop 0 allows none to be lost, so that the one most like the new classes holds them all back; give --max-old-drop 0.1',
    ],
  ])('%j', (remedy, words) => {
    expect(wordsOf(remedy)).toBe(words)
  })
})
