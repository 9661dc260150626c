import { expect, test } from '@jest/globals'
import { modelRefusal, runFailure } from '../../src/runtime/refusal.js'

test.each([
  [
    'an operator of another domain',
    'Fatal error: my.ops:Relu(-1) is not a registered function/op',
    /^The model uses the custom operator Relu of my\.ops, which ONNX Runtime does not have; export it/,
  ],
  [
    'a domain that is not imported',
    'This is an invalid model. In Node, ("relu", Relu, "my.ops", -1) : ("a": tensor(float),) -> ("b",) , Error No opset import for domain \'my.ops\'.',
    /custom operator Relu of my\.ops/,
  ],
  [
    'a node that its operator set does not allow',
    'This is an invalid model. In Node, ("pool", MaxPool, "", -1) : ("a": tensor(float),) -> ("b",) , Error Unrecognized attribute: ceil_mode for operator MaxPool.',
    /its node pool \(MaxPool\) is not valid \(Unrecognized attribute: ceil_mode for operator MaxPool\); export it again/,
  ],
  [
    'numbers that an operator does not take',
    "This is an invalid model. Type Error: Type 'tensor(bfloat16)' of input parameter (x) of operator (Conv) in node (Conv_1) is invalid.",
    /its node Conv_1 \(Conv\) computes in bfloat16, .*export it with float32 or float16\.$/,
  ],
  [
    'an operator set of the future',
    'ONNX Runtime only *guarantees* support for models stamped with official released onnx opset versions. Opset 40 is under development and support for this is limited. Current official support for domain ai.onnx is till opset 26.',
    /^The model is of ONNX opset 40, and ONNX Runtime here knows those up to 26; export it with an older one\.$/,
  ],
  [
    'a file format of the future',
    'Unsupported model IR version: 20, max supported IR version: 13',
    /^The model is of ONNX's file format 20, .* up to 13; export it with an older one\.$/,
  ],
  [
    'anything else',
    'Protobuf parsing failed.\nmore',
    /^ONNX Runtime cannot load the model: Protobuf parsing failed\.$/,
  ],
])('a refusal says of %s what it is and what to do', (_, text, expected) => {
  expect(modelRefusal(new Error(text))).toMatchObject({ code: 'BAD_MODEL', message: expect.stringMatching(expected) })
})

test('a run that fails is blamed on what failed: memory, the GPU, or the file', () => {
  const says = (text: string, provider: 'cpu' | 'cuda') => runFailure(new Error(text), provider).message
  expect(says('Failed to allocate memory for requested buffer of size 9', 'cpu')).toMatch(/free some memory/)
  expect(runFailure(new Error('CUDNN failure 3: CUDNN_STATUS_BAD_PARAM'), 'cuda')).toMatchObject({
    message: expect.stringMatching(/BAD_PARAM\.$/),
    remedy: { kind: 'use-cpu' },
  })
  expect(says('Non-zero status code returned while running Conv node.', 'cpu')).toMatch(/; fetch it again\.$/)
})
