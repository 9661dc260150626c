#!/usr/bin/env node
import { homedir } from 'node:os'
import { interruptionOf } from './interruption.js'
import { relaunchProcess } from './relaunch.js'

const { argv, env: variables, stdin, stdout, stderr } = process
const args = argv.slice(2)
const signal = interruptionOf(process)
// Commands that ask a classifier and do little else: what runs it loads while this thread reads the command line.
if (['predict', 'evaluate'].includes(args[0]!)) {
  const { prepareWorkerSession } = await import('../runtime/worker-session.js')
  prepareWorkerSession()
}
const { runCommandLine } = await import('./run.js')
// The process ends by itself: `process.exit` would cut off output that is still on its way.
process.exitCode = await runCommandLine(args, {
  variables,
  home: homedir(),
  stdin,
  stdout,
  stderr,
  signal,
  relaunch: (more) => relaunchProcess(process, more),
})
