/** What files that are taken for ONNX ones may be, by how they begin. */
const kinds: readonly (readonly [beginning: RegExp, clause: string])[] = [
  [/^PK/, 'is a ZIP archive, as PyTorch and Keras make them, and no ONNX model: export it as ONNX'],
  [/^\x89HDF/, 'is an HDF5 file, as Keras makes them, and no ONNX model: export it as ONNX'],
  [/^[^]{4}TFL3/, 'is a TensorFlow Lite model and no ONNX one: export it as ONNX'],
  [/^version https:\/\/git-lfs/, 'is only a pointer to the model, in Git LFS: run git lfs pull'],
  [/^\s*</, 'is a web page and no ONNX model: download the file itself'],
]

/** A clause that says what a file is instead of an ONNX model, and what to do; `undefined` where that is not known. */
export function otherKind(bytes: Uint8Array): string | undefined {
  const beginning = String.fromCharCode(...bytes.subarray(0, 32))
  return kinds.find(([pattern]) => pattern.test(beginning))?.[1]
}
