import { cp, mkdir, symlink } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { listClasses } from '../../../src/folders/folder.js'
import { runExtend } from '../child.js'
import { interleaved, median } from '../rounds.js'
import type { SpeedSection } from '../section.js'
import { withFolder } from '../temporary.js'

const increments = 20
const imagesEach = 30
const rounds = 7

/** The 20th `--add` of a class against the first, as many new images in each, all bottlenecks cached. */
export const incrementsSection: SpeedSection = {
  name: 'increments',
  run: ({ data, cacheDir, say }) =>
    withFolder(async (folder) => {
      const folders = await classFolders(data, folder)
      const add = async (dir: string, model: string, out: string) => {
        await runExtend(['--add', dir, '--model', model, '--out', out, '--cache-dir', cacheDir])
      }
      const before = join(folder, 'before')
      for (const [i, dir] of folders.slice(0, -1).entries()) {
        await add(dir, i === 0 ? 'inception-v3' : before, before)
        say(`increments: ${i + 1} of ${increments}`)
      }
      let copies = 0
      const place = () => join(folder, `copy-${copies++}`)
      const copy = async () => {
        const to = place()
        await cp(before, to, { recursive: true })
        return to
      }
      const targets = { first: [] as string[], last: [] as string[] }
      for (let round = 0; round <= rounds; round++) {
        targets.first.push(place())
        targets.last.push(await copy())
      }
      const candidates = {
        first: () => add(folders[0]!, 'inception-v3', targets.first.pop()!),
        last: async () => {
          const bundle = targets.last.pop()!
          await add(folders.at(-1)!, bundle, bundle)
        },
      }
      await interleaved(1, candidates) // the last class is not cached yet
      const seconds = await interleaved(rounds, candidates)
      say(`increments: the first ${median(seconds.first).toFixed(1)} s, the last ${median(seconds.last).toFixed(1)} s`)
      return { increment20Vs1: median(seconds.last) / median(seconds.first) }
    }),
}

/** Twenty folders of one class, as many images in each. */
async function classFolders(data: string, folder: string): Promise<string[]> {
  const sets = ['flowers', 'textures', 'materials'].map((name) => listClasses(join(data, name, 'train')))
  const classes = (await Promise.all(sets)).flat().slice(0, increments)
  if (classes.length < increments) throw new Error(`there are only ${classes.length} classes in ${data}`)
  return Promise.all(
    classes.map(async ({ label, files }) => {
      const dir = join(folder, 'classes', label)
      await mkdir(dir, { recursive: true })
      for (const file of files.slice(0, imagesEach)) await symlink(resolve(file), join(dir, basename(file)))
      return dir
    }),
  )
}
