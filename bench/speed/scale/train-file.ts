/**
 * Trains on the first rows of a table on disk, in a process of its own whose memory can be measured:
 *
 *     node train-file.js TABLE ROWS CLASSES
 *
 * The last line is a JSON object: seconds of wall clock and of processors, optimiser steps, peak MiB of resident memory
 * before and with training.
 */
import { readFileSync } from 'node:fs'
import { selectRows } from '../../../src/features/table.js'
import { openTable } from '../../../src/bundle/table-file.js'
import { keptOldImages } from '../../../src/rehearsal/kept-old-images.js'
import { refit } from '../../../src/training/refit.js'
import { defaultMaxOldDrop } from '../../../src/rehearsal/kept-old-images.js'
import { defaultPrior } from '../../../src/training/defaults.js'
import { inMemory, syntheticTable } from './synthetic-table.js'

const [file, rows, classes] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])]
const table = selectRows(openTable(file), (row) => row < rows)
const rehearsal = inMemory(syntheticTable({ count: 1000, dim: table.dim, classes: 0, separation: 0, seed: 2 }))
const increment = {
  name: 'synthetic',
  classes: Array.from({ length: classes }, (_, c) => ({ folder: `${c}`, label: `${c}`, images: rows / classes })),
}
const before = peakMiB()
const start = performance.now()
const cpuBefore = process.cpuUsage()
let steps = 0
const { heldOut, shifts, regularisation } = await refit([{ increment, table }], keptOldImages(rehearsal), {
  seed: 0,
  prior: defaultPrior,
  maxOldDrop: defaultMaxOldDrop,
  base: Array.from({ length: 1000 }, (_, c) => ({ label: `old ${c}`, names: [] })),
  onProgress: () => steps++,
})
const seconds = (performance.now() - start) / 1000
const { user, system } = process.cpuUsage(cpuBefore)
const cpuSeconds = (user + system) / 1e6
console.log(JSON.stringify({ seconds, cpuSeconds, steps, before, peak: peakMiB(), shifts, regularisation, heldOut }))

/** Of this process alone: `maxRSS` also knows the memory of the process that started it. */
function peakMiB(): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))!
  return Number(kibibytes) / 1024
}
