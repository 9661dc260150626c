import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { contentName, manifestKey } from '../../src/bundle/layout.js'
import type { BundleChange, Content } from '../../src/bundle/write.js'
import { bundleFormat, type Manifest } from '../../src/bundle/manifest.js'
import { graphModel, node, setMetadata, valueInfo } from '../../src/onnx/build.js'
import { encodeModel } from '../../src/onnx/model.js'
import { DataType } from '../../src/onnx/tensor.js'

/** A manifest with two base classes and whatever else is said. */
export function tinyManifest(fields: Partial<Manifest> = {}): Manifest {
  return {
    format: bundleFormat,
    revision: 1,
    base: {
      name: 'tiny',
      sha256: 'f'.repeat(64),
      classes: [
        { label: 'cat', wnid: 'n00000001', names: ['cat', 'true cat'] },
        { label: 'dog', names: ['dog'] },
      ],
    },
    backbone: { file: 'backbone-0000000000000000.onnx', sha256: 'b'.repeat(64), dim: 4 },
    preprocess: { width: 4, height: 4, resize: 'squash', cropFraction: 1, interpolation: 'bilinear' },
    rehearsal: null,
    increments: [],
    training: { seed: 1, augment: 1, prior: 0.5, regularisation: 1e-2, shifts: [0], confidenceQuantiles: [] },
    ...fields,
  } as Manifest
}

/** A whole bundle of small files that keeps no revisions; its contents follow from the names of its increments. */
export function tinyChange(
  revision: number,
  names: readonly string[],
  verify: BundleChange['verify'] = () => Promise.resolve(),
): BundleChange {
  const files = new Map<string, Content>()
  const keep = (kind: string, text: string) => {
    const content = new TextEncoder().encode(text)
    const name = contentName(kind, [content])
    files.set(name, () => [content])
    return name
  }
  const manifest = tinyManifest({
    revision,
    backbone: { file: keep('backbone.onnx', 'the backbone'), sha256: 'b'.repeat(64), dim: 4 },
    rehearsal: { file: keep('rehearsal.safetensors', 'old images'), source: 'builtin', images: 3 },
    increments: names.map((name) => ({
      name,
      classes: [{ folder: name, label: name, images: 2 }],
      features: keep('features.safetensors', `features of ${name}`),
    })),
  })
  const model = graphModel({
    name: 'tiny',
    opset: 17,
    inputs: [valueInfo('x', DataType.FLOAT, [1])],
    outputs: [valueInfo('y', DataType.FLOAT, [1])],
    nodes: [node('Relu', ['x'], 'y')],
    initializers: [],
  })
  setMetadata(model, manifestKey, JSON.stringify(manifest))
  return { manifest, model: encodeModel(model), files, verify, note: { kind: 'add', keep: 0 } }
}

/** Every file in a folder and below, hidden ones as well, with its content. */
export async function contents(path: string): Promise<Record<string, string>> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(
    await Promise.all(
      files.sort().map(async (file) => [relative(path, file), await readFile(file, 'base64')] as const),
    ),
  )
}
