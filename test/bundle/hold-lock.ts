import { readFile, writeFile } from 'node:fs/promises'
import { withLock } from '../../src/bundle/lock.js'

// A process of its own: `hold FOLDER` takes the lock, says so and keeps it; `count FOLDER N FILE` adds 1 to a number in
// a file, N times.
const [, , task, folder, times, file] = process.argv as string[] as [string, string, string, string, string, string]
if (task === 'hold') {
  setInterval(() => undefined, 1000)
  await withLock(folder, () => {
    console.log('held')
    return new Promise(() => undefined)
  })
} else {
  for (let i = 0; i < Number(times); i++) {
    await withLock(folder, async () => writeFile(file, String(Number(await readFile(file, 'utf8')) + 1)), 60_000)
  }
}
