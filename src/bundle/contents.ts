import { hashedName, hashOfContent, type Part } from './layout.js'
import { bundleFormat, type Manifest } from './manifest.js'
import type { BundleParts, Rehearsal } from './parts.js'
import { tableChunks } from './table-file.js'
import type { Content } from './write.js'

/**
 * Names the files of a bundle by their contents, and describes them in a manifest. Hashes of the backbone and of files
 * read from a bundle are known and not computed again.
 */
export function contentsOf(parts: BundleParts): { readonly manifest: Manifest; readonly files: Map<string, Content> } {
  const { backbone, increments, rehearsal, training, revision } = parts
  const files = new Map<string, Content>()
  const keep = (kind: string, content: Content, known?: Part) => {
    const sha256 = known?.sha256 ?? hashOfContent(content())
    const file = known?.file ?? hashedName(kind, sha256)
    files.set(file, content)
    return { file, sha256 }
  }
  const rehearsalEntry = ({ table, part, source, images }: Rehearsal) => {
    const { file, sha256 } = keep('rehearsal.safetensors', () => tableChunks(table), part)
    return { file, source, images, sha256 }
  }
  // The order of keys is that in the file; what came with seals stands last, as where an older manifest is sealed.
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
      ...keep('backbone.onnx', () => [backbone.graph], {
        file: hashedName('backbone.onnx', backbone.graphHash),
        sha256: backbone.graphHash,
      }),
      dim: backbone.dim,
      ...(backbone.layers.length > 1 ? { layers: backbone.layers } : {}),
      ...(backbone.oneByOne === undefined ? {} : { oneByOne: backbone.oneByOne }),
    },
    preprocess: backbone.preprocess,
    rehearsal: rehearsal ? rehearsalEntry(rehearsal) : null,
    increments: increments.map(({ increment, table, part, head }) => {
      const { file: features, sha256 } = keep('features.safetensors', () => tableChunks(table), part)
      const layers = head.layers && { layers: head.layers.map(({ name }) => name) }
      return { ...increment, features, sha256, ...layers }
    }),
    training,
    sealed: true,
  }
  return { manifest, files }
}
