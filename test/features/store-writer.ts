import { once } from 'node:events'
import { openStore } from '../../src/features/store.js'
import { entryOf, keyOf } from './entries.js'

// Run by store.test.ts as a process of its own: writes entries into the store in the folder it is given, and tells how
// many of the other process's it finds.
const [folder, ownPrefix, otherPrefix, count] = process.argv.slice(2) as [string, string, string, string]
const store = await openStore(folder)
process.send!('open')
await once(process, 'message')
for (let i = 0; i < Number(count); i++) store.putAll([entryOf(`${ownPrefix}${i}`)])
process.send!('written')
await once(process, 'message')
await store.close()
const again = await openStore(folder)
const found = Array.from({ length: Number(count) }, (_, i) => again.get(keyOf(`${otherPrefix}${i}`))).filter(
  Boolean,
).length
await again.close()
process.send!(found)
process.disconnect()
