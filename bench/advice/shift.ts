import { join } from 'node:path'
import { domainShift } from '../../src/advice/domain-shift.js'
import { folderRehearsal } from '../../src/rehearsal/rehearsal.js'
import type { Section } from '../accuracy/section.js'

/** From the nearest to the farthest, as people would have them. */
const sets = ['imagenet-test', 'flowers/val', 'textures/val', 'materials/val', 'cards/val']
const drawings = 'fixtures/flowers-test'

/** How far sets are from ImageNet's photographs; not the sets that the ruler was made of, but their other halves. */
export const shift: Section = {
  name: 'shift',
  async run(lab) {
    const settings = { bottleneck: lab.baseHead.size, model: lab.backbone.sha256 }
    const results = []
    for (const folder of [...sets.map((set) => join(lab.data, set)), drawings]) {
      const options = { augment: 0, seed: 0, ...lab.call }
      const { table, images } = await folderRehearsal(folder, lab.backbone, lab.extractor, options)
      const { distance, unsureness } = await domainShift(table, lab.rehearsal, settings)
      results.push({ set: folder.replace(`${lab.data}/`, ''), images, distance, unsureness })
    }
    const table = {
      title: 'Domain shift',
      columns: ['set', 'images', 'kernel distance', 'unsureness (nats)'],
      rows: results.map(({ set, images, distance, unsureness }) => [
        set,
        `${images}`,
        distance.toFixed(4),
        unsureness.toFixed(3),
      ]),
      notes: ['From the rehearsal pack, one photograph for each of the 1000 classes.'],
    }
    return { tables: [table], figures: { results } }
  },
}
