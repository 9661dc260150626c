import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openBundle } from '../../src/bundle/bundle.js'
import { revisionsOf } from '../../src/bundle/history/chain.js'
import { filesOf } from '../../src/bundle/layout.js'
import { hashOf } from '../../src/core/hash-of.js'
import { loadClassifier } from '../../src/workflow/classifier.js'

/**
 * What a bundle is: a hash of its model and of its answer to a picture, after every part was read and checked.
 *
 * @throws what its readers throw where it is not whole
 */
export async function stateOfBundle(folder: string, picture: string): Promise<string> {
  await using bundle = await openBundle(folder)
  const model = await bundle.model()
  await bundle.backbone()
  await bundle.increments()
  await bundle.rehearsal()
  const answers: unknown[] = []
  const classifier = await loadClassifier({ model: folder, device: 'cpu' })
  try {
    for await (const answer of classifier.classify([picture], { top: 100 })) answers.push(answer)
  } finally {
    await classifier.close()
  }
  return `${hashOf(model).slice(0, 16)} ${hashOf(Buffer.from(JSON.stringify(answers))).slice(0, 16)}`
}

/** Files in a bundle's folder that no revision of it needs. */
export async function orphansOf(folder: string): Promise<string[]> {
  await using bundle = await openBundle(folder)
  const revisions = await revisionsOf(folder, bundle.manifest)
  const manifests = [bundle.manifest, ...revisions.flatMap(({ kept }) => kept?.manifest ?? [])]
  const used = new Set(manifests.flatMap(filesOf))
  const names = await readdir(folder)
  return names
    .filter((name) => /^(backbone|features|rehearsal)-/.test(name) && !used.has(name))
    .map((name) => join(folder, name))
}
