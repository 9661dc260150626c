import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { hashedName, manifestKey } from '../../src/bundle/layout.js'
import type { BundleChange, Content } from '../../src/bundle/write.js'
import { bundleFormat, type Manifest } from '../../src/bundle/manifest.js'
import { sealed, withoutSeal } from '../../src/bundle/seals/model-seal.js'
import { hashOf } from '../../src/core/hash-of.js'
import { graphModel, node, setMetadata, valueInfo } from '../../src/onnx/build.js'
import { decodeModel, encodeModel } from '../../src/onnx/model.js'
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
    const sha256 = hashOf(content)
    const file = hashedName(kind, sha256)
    files.set(file, () => [content])
    return { file, sha256 }
  }
  const featuresOf = (name: string) => {
    const { file: features, sha256 } = keep('features.safetensors', `features of ${name}`)
    return { features, sha256 }
  }
  const manifest = tinyManifest({
    revision,
    backbone: { ...keep('backbone.onnx', 'the backbone'), dim: 4 },
    rehearsal: { ...keep('rehearsal.safetensors', 'old images'), source: 'builtin', images: 3 },
    increments: names.map((name) => ({
      name,
      classes: [{ folder: name, label: name, images: 2 }],
      ...featuresOf(name),
    })),
    sealed: true,
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
  return { manifest, model: sealed(encodeModel(model)), files, verify, note: { kind: 'add', keep: 0 } }
}

/** The bundle as earlier versions wrote it: no seal, and no hash of a file but in its name. */
export function unsealed({ manifest: { sealed: _, ...manifest }, model, ...change }: BundleChange): BundleChange {
  const old: Manifest = {
    ...manifest,
    rehearsal: manifest.rehearsal && withoutHash(manifest.rehearsal),
    increments: manifest.increments.map(withoutHash),
  }
  const bare = decodeModel(withoutSeal(model))
  setMetadata(bare, manifestKey, JSON.stringify(old))
  return { ...change, manifest: old, model: encodeModel(bare) }
}

function withoutHash<One extends { readonly sha256?: string }>({ sha256: _, ...rest }: One): Omit<One, 'sha256'> {
  return rest
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
