/** Run by `forkSides`: opens one side, warms it up, and measures a round whenever it is told to. */
import type { SideMessage } from './fork-sides.js'
import { sides } from './sections/sides.js'

const [section, name, data, cacheDir] = process.argv.slice(2)
const side = await sides[section!]![name!]!({ data: data!, cacheDir: cacheDir! })
const tell = (message: SideMessage) => process.send!(message)
await side.round()
process.on('message', () => {
  const start = performance.now()
  void side.round().then(() => tell({ seconds: (performance.now() - start) / 1000 }))
})
process.once('disconnect', () => void side.close())
tell({ count: side.count })
