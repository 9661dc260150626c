import { contentName, hashedName } from './layout.js'
import { bundleFormat, type Manifest } from './manifest.js'
import type { BundleParts } from './parts.js'
import { tableChunks } from './table-file.js'
import type { Content } from './write.js'

/**
 * Names the files of a bundle by their contents, and describes them in a manifest. Hashes of the backbone and of files
 * read from a bundle are known and not computed again.
 */
export function contentsOf(parts: BundleParts): { readonly manifest: Manifest; readonly files: Map<string, Content> } {
  const { backbone, increments, rehearsal, training, revision } = parts
  const files = new Map<string, Content>()
  const keep = (kind: string, content: Content, known?: string) => {
    const name = known ?? contentName(kind, content())
    files.set(name, content)
    return name
  }
  // The order of keys is that in the file.
  const manifest: Manifest = {
    format: bundleFormat,
    revision,
    base: {
      name: backbone.name,
      sha256: backbone.sha256,
      classes: backbone.classes,
      ...(backbone.input ? { input: backbone.input } : {}),
    },
    backbone: {
      file: keep('backbone.onnx', () => [backbone.graph], hashedName('backbone.onnx', backbone.graphHash)),
      sha256: backbone.graphHash,
      dim: backbone.dim,
      ...(backbone.oneByOne === undefined ? {} : { oneByOne: backbone.oneByOne }),
    },
    preprocess: backbone.preprocess,
    rehearsal: rehearsal
      ? {
          file: keep('rehearsal.safetensors', () => tableChunks(rehearsal.table), rehearsal.file),
          source: rehearsal.source,
          images: rehearsal.images,
        }
      : null,
    increments: increments.map(({ increment, table, file }) => ({
      ...increment,
      features: keep('features.safetensors', () => tableChunks(table), file),
    })),
    training,
  }
  return { manifest, files }
}
