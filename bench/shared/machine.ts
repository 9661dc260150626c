import { availableParallelism, cpus, totalmem } from 'node:os'
import { runtimeVersion } from '../../src/runtime/session.js'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly platform: string
  readonly node: string
  readonly onnxruntime: string
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
    onnxruntime: runtimeVersion,
  }
}

/** What tells results of different machines apart in a file's name: `xeon-8488c-2c-node20-ort1.29.0`. */
export function machineName({ cpu, cores, node, onnxruntime }: Machine): string {
  const model = cpu
    .replace(/\((R|TM)\)|@.*|\b(CPU|Processor|Intel|AMD)\b/gi, ' ')
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
  return `${model}-${cores}c-node${/\d+/.exec(node)?.[0]}-ort${onnxruntime}`
}
