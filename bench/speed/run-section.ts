/** Run by `forkSection`: measures with one section and sends its figures. */
import { say } from '../shared/say.js'
import { sections } from './sections/all.js'

const [name, data, cacheDir] = process.argv.slice(2)
const section = sections.find((one) => one.name === name)!
const figures = await section.run({ data: data!, cacheDir: cacheDir!, say })
process.send!(figures, () => process.disconnect())
