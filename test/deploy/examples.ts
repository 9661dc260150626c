import { parse, parseAllDocuments } from 'yaml'
import { documentText } from '../support/documents.js'

// The examples of deployment, as data.

export const dockerfile = documentText('deploy/Dockerfile')
export const unit = documentText('deploy/nplusk.service')
export const compose = parse(documentText('deploy/compose.yaml')) as Compose
export const prometheus = parse(documentText('deploy/prometheus.yaml')) as Prometheus
export const [deployment, service] = yaml('deploy/kubernetes/deployment.yaml') as [Deployment, Service]
export const [runtime, inference] = yaml('deploy/kubernetes/kserve.yaml') as [Runtime, Inference]

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: number | string }
}
interface Container {
  readonly image: string
  readonly args: readonly string[]
  readonly ports: readonly { readonly name?: string; readonly containerPort: number }[]
  readonly startupProbe?: Probe
  readonly readinessProbe: Probe
  readonly livenessProbe: Probe
}
interface Compose {
  readonly services: {
    readonly nplusk: { command: readonly string[]; ports: readonly string[]; volumes: readonly string[] }
    readonly prometheus: { volumes: readonly string[] }
  }
}
interface Prometheus {
  readonly scrape_configs: readonly {
    readonly metrics_path: string
    readonly static_configs: readonly { readonly targets: readonly string[] }[]
  }[]
}
interface Deployment {
  readonly kind: string
  readonly spec: {
    readonly selector: { readonly matchLabels: object }
    readonly template: {
      readonly metadata: { readonly labels: object; readonly annotations: Readonly<Record<string, string>> }
      readonly spec: { readonly containers: readonly [Container] }
    }
  }
}
interface Service {
  readonly metadata: { readonly name: string }
  readonly spec: { readonly selector: object; readonly ports: readonly { readonly targetPort: string }[] }
}
interface Runtime {
  readonly spec: {
    readonly containers: readonly [Container]
    readonly supportedModelFormats: readonly { readonly name: string }[]
    readonly protocolVersions: readonly string[]
  }
}
interface Inference {
  readonly spec: { readonly predictor: { readonly model: { modelFormat: { name: string }; protocolVersion: string } } }
}

/** All documents of a file. */
function yaml(file: string): unknown[] {
  return parseAllDocuments(documentText(file)).map((document) => {
    if ('errors' in document && document.errors[0] !== undefined) throw document.errors[0]
    return document.toJS() as unknown
  })
}

export const deployed = deployment.spec.template.spec.containers[0]
export const served = runtime.spec.containers[0]

/** What the image runs where nothing else is said. */
export const inImage = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)![1]!) as string[]
/** What the unit runs, without the program itself. */
export const inUnit = /^ExecStart=(.*)$/m.exec(unit)![1]!.split(' ')

export const commands: Readonly<Record<string, readonly string[]>> = {
  'the image': inImage,
  compose: compose.services.nplusk.command,
  'the unit': inUnit.slice(1),
  Kubernetes: deployed.args,
  KServe: served.args,
}
