import { expect, test } from '@jest/globals'
import { typedCommand } from '../../src/cli/typed-command.js'

test.each([
  [['--add', 'flowers'], 'extend --add flowers'],
  [['rename', 'daisy (flowers)', "ox-eye's"], `extend rename 'daisy (flowers)' 'ox-eye'\\''s'`],
  [['--add', 'a\u001b[31mb'], "extend --add 'a?[31mb'"],
  [['--add=my flowers'], "extend --add='my flowers'"],
  [['serve', '--token', 'abc'], 'extend serve --token …'],
  [['serve', '--token=abc'], 'extend serve --token=…'],
  [['--add', 'f', '--queue', 'redis://user:pass@host:6379/1'], 'extend --add f --queue redis://host:6379/1'],
  [['--add', 'f', '--model=https://me:secret@host/a.onnx?sig=x#y'], 'extend --add f --model=https://host/a.onnx'],
  [['--add', 'user@host', '--keep', '3'], 'extend --add user@host --keep 3'],
])('%j is recorded as %s', (args, line) => {
  expect(typedCommand(args)).toBe(line)
})
