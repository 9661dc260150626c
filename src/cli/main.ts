#!/usr/bin/env node
import { homedir } from 'node:os'
import { interruptionOf } from './interruption.js'
import { relaunchProcess } from './relaunch.js'
import { runCommandLine } from './run.js'

const { argv, env: variables, stdin, stdout, stderr } = process
const signal = interruptionOf(process)
// The process ends by itself: `process.exit` would cut off output that is still on its way.
process.exitCode = await runCommandLine(argv.slice(2), {
  variables,
  home: homedir(),
  stdin,
  stdout,
  stderr,
  signal,
  relaunch: (more) => relaunchProcess(process, more),
})
