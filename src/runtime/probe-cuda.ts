import { env } from 'onnxruntime-node'
import { probeProvider } from './probe-provider.js'

// Run by `diagnoseCuda` in a process of its own; a failure ends it with a non-zero code and the cause on stderr.
env.logLevel = 'warning'
void probeProvider('cuda')
