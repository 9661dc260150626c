import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { extend } from '../cli/spawn.js'
import { spawnService, type SpawnedService } from '../server/spawned-service.js'
import { root } from '../support/documents.js'
import { writeTinyClassifier } from '../support/tiny-classifier-file.js'
import {
  commands,
  compose,
  deployed,
  deployment,
  dockerfile,
  inference,
  prometheus,
  runtime,
  served,
  service,
} from './examples.js'

// Nothing here builds an image or asks a cluster: the files must agree with the program and with each other.

describe('every command', () => {
  let help: string

  beforeAll(async () => {
    help = (await extend(['serve', '--help'], { cwd: root })).stdout
  })

  test.each(Object.entries(commands))('of %s serves, with options that there are', (_, [command, ...args]) => {
    expect(command).toBe('serve')
    const options = args.filter((word) => word.startsWith('-'))
    expect(options.length).toBeGreaterThan(1)
    expect(options.filter((option) => !help.includes(`  ${option} <`))).toEqual([])
    // Every option takes a value.
    expect(args.map((word, i) => (i % 2 === 0 ? word : ''))).toEqual(options.flatMap((option) => [option, '']))
  })

  test('in a container listens for others, and at the port that is opened', () => {
    for (const name of ['the image', 'compose', 'Kubernetes', 'KServe']) {
      const args = commands[name]!
      expect(args[args.indexOf('--host') + 1]).toBe('0.0.0.0')
      expect(args).not.toContain('--port')
    }
    expect(help.replace(/\s+/g, ' ')).toContain('(default: 8080)')
    expect(dockerfile).toMatch(/^EXPOSE 8080$/m)
    expect(compose.services.nplusk.ports).toEqual([expect.stringMatching(/:8080$/)])
    expect([deployed, served].flatMap(({ ports }) => ports.map(({ containerPort }) => containerPort))).toEqual([
      8080, 8080,
    ])
  })
})

describe('what asks', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  let service: SpawnedService

  beforeAll(async () => {
    const model = join(folder, 'tiny.onnx')
    writeTinyClassifier(model, 3)
    service = await spawnService(['--model', model, '--device', 'cpu'], { NPLUSK_CACHE_DIR: join(folder, 'cache') })
  })

  afterAll(async () => {
    await service[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })

  /** What is answered at an address. */
  async function statusOf(path: string | undefined): Promise<number> {
    const response = await fetch(`${service.url}${path!}`)
    await response.arrayBuffer()
    return response.status
  }

  test('asks for addresses that are served, at ports that are opened', async () => {
    const probes = [deployed, served].flatMap(({ startupProbe, readinessProbe, livenessProbe, ports }) =>
      [startupProbe, readinessProbe, livenessProbe].flatMap((probe) =>
        probe === undefined ? [] : [{ ...probe.httpGet, ports }],
      ),
    )
    expect(probes).toHaveLength(5)
    for (const { path, port, ports } of probes) {
      expect([path, await statusOf(path)]).toEqual([path, 200])
      expect(ports.flatMap(({ name, containerPort }) => [name, containerPort])).toContain(port)
    }
    const [, health] = /127\.0\.0\.1:8080(\/\w+)'/.exec(dockerfile)!
    expect(await statusOf(health)).toBe(200)
  })

  test('Prometheus asks for figures by the name that the service has and takes', async () => {
    const [scrape] = prometheus.scrape_configs
    const { annotations } = deployment.spec.template.metadata
    for (const path of [scrape!.metrics_path, annotations['prometheus.io/path']]) expect(await statusOf(path)).toBe(200)
    expect(annotations['prometheus.io/port']).toBe('8080')
    const [name, port] = scrape!.static_configs[0]!.targets[0]!.split(':')
    expect(Object.keys(compose.services)).toContain(name)
    expect(port).toBe('8080')
    const { command } = compose.services.nplusk
    expect(command[command.indexOf('--allow-host') + 1]).toBe(name)
  })
})

describe('Kubernetes', () => {
  test('finds what belongs together', () => {
    const { labels } = deployment.spec.template.metadata
    expect(deployment.spec.selector.matchLabels).toEqual(labels)
    expect(service.spec.selector).toEqual(labels)
    expect(service.spec.ports.map(({ targetPort }) => targetPort)).toEqual(deployed.ports.map(({ name }) => name))
    expect(deployed.args).toContain(service.metadata.name)
    const { modelFormat, protocolVersion } = inference.spec.predictor.model
    expect(runtime.spec.supportedModelFormats.map(({ name }) => name)).toContain(modelFormat.name)
    expect(runtime.spec.protocolVersions).toContain(protocolVersion)
  })
})
