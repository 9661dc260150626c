import { join } from 'node:path'
import { plainRows } from '../../src/advice/plain-rows.js'
import { twoSampleTest } from '../../src/advice/two-sample.js'
import { listClasses } from '../../src/folders/folder.js'
import { tableOf } from '../../src/tables/image-table.js'
import type { Lab } from '../accuracy/lab.js'
import type { Section } from '../accuracy/section.js'
import { share } from '../shared/table.js'

const sets = ['flowers', 'textures', 'materials', 'cards']

/** Whether the test images of a set are like its training images. */
export const samples: Section = {
  name: 'samples',
  async run(lab) {
    const results = []
    for (const set of sets) {
      const result = await twoSampleTest(await imagesOf(lab, set, 'train'), await imagesOf(lab, set, 'val'))
      const { images, auroc, pValue, differs } = result!
      results.push({ set, images, auroc, pValue, differs })
    }
    const table = {
      title: 'Training and test images, told apart by a classifier',
      columns: ['set', 'training', 'test', 'AUROC', 'p', 'differ'],
      rows: results.map(({ set, images, auroc, pValue, differs }) => [
        set,
        ...images.map(String),
        share(auroc),
        share(pValue),
        differs ? 'yes' : 'no',
      ]),
    }
    return { tables: [table], figures: { results } }
  },
}

async function imagesOf({ data, extractor, backbone, call }: Lab, set: string, part: string) {
  const folders = await listClasses(join(data, set, part))
  const images = folders.flatMap(({ files }, label) => files.map((file) => ({ file, label })))
  const options = { ...call, stage: 'extract', dim: backbone.dim, augment: 0, seed: 0 } as const
  return plainRows((await tableOf(extractor, images, options)).table, Infinity, 0)
}
