import { env } from 'onnxruntime-node'
import { probeProvider } from './probe-provider.js'

// Run by `diagnoseProviders` as a process of its own; a failure ends it with a code other than 0 and the cause on
// stderr.
env.logLevel = 'warning'
void probeProvider('cuda')
