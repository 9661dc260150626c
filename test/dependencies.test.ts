import { readFileSync } from 'node:fs'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'

interface Locked {
  readonly version: string
  readonly license?: string
  readonly integrity?: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly hasInstallScript?: boolean
}

type Ranges = Readonly<Record<string, string>>

// Jest runs in the root of the repository.
const page = readFileSync('docs/dependencies.md', 'utf8')
const packageJson = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
  'dependencies' | 'peerDependencies',
  Ranges
>
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked & Record<'dependencies' | 'peerDependencies', Ranges>>>
}
const { '': root, ...locked } = lock.packages
const declared = { ...packageJson.dependencies, ...packageJson.peerDependencies }

/** The name of the package at a place of the lock: `node_modules/a/node_modules/@b/c` holds `@b/c`. */
const nameOf = (place: string) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** The part of the page under a heading. */
function sectionOf(heading: string): string {
  const [, section] = new RegExp(`\n## ${heading}\n([^]*?)(?=\n## |$)`).exec(page)!
  return section!
}

const namesIn = (text: string) => [...text.matchAll(/`((?:@[\w-]+\/)?[\w-]+)`/g)].map(([, name]) => name!)

describe('the page of dependencies', () => {
  /** Package, version, licence. */
  const rows = [...page.matchAll(/^\| `([^`]+)`\s*\| (\S+)\s*\| ([^|]+?)\s*\|/gm)].map(([, ...cells]) => cells)

  test('lists what package.json does, at the same versions, and no others', () => {
    expect(Object.fromEntries(rows.map(([name, version]) => [name, version]))).toEqual(declared)
    expect(rows).toHaveLength(Object.keys(declared).length)
  })

  test('states the licences that the packages do', () => {
    const installed = rows.filter(([name]) => locked[`node_modules/${name}`])
    expect(installed.length).toBeGreaterThan(rows.length - 4)
    expect(installed.map(([name, , licence]) => [name, licence])).toEqual(
      installed.map(([name]) => [name, locked[`node_modules/${name}`]!.license]),
    )
  })

  test('names the pinned ones', () => {
    const [sentence] = /^[^]*? are pinned exactly/.exec(sectionOf('Pinned versions'))!
    const pinned = Object.entries(declared).filter(([, range]) => /^\d/.test(range))
    expect(namesIn(sentence)).toEqual(pinned.map(([name]) => name))
  })

  test('names every package with an install script', () => {
    const withScript = Object.entries(locked).filter(([, { hasInstallScript }]) => hasInstallScript)
    const named = namesIn(sectionOf('Install scripts'))
    expect([...new Set(withScript.map(([place]) => nameOf(place)))].filter((name) => !named.includes(name))).toEqual([])
    const ofUsers = withScript.filter(([, { dev }]) => !dev).map(([place]) => place)
    expect(ofUsers).toEqual(['node_modules/onnxruntime-node'])
  })
})

describe('the lock', () => {
  test('was made of package.json', () => {
    expect(root!.dependencies).toEqual(packageJson.dependencies)
    expect(root!.peerDependencies).toEqual(packageJson.peerDependencies)
  })

  test('has a hash of every package that is not for certain platforms alone', () => {
    const without = Object.entries(locked).filter(([, { integrity, optional }]) => !integrity && !optional)
    expect(without.map(([place]) => place)).toEqual([])
  })

  test('installs nothing for users under a licence that the page does not list', () => {
    const allowed = [...sectionOf('Licences').matchAll(/`([^`]+)`/g)].map(([, licence]) => licence!)
    expect(
      Object.entries(locked)
        .filter((one) => !isAllowed(one[1], allowed))
        .map(([place]) => place),
    ).toEqual([])
    expect(isAllowed({ version: '1.0.0', license: 'MIT AND GPL-3.0' }, allowed)).toBe(false)
    expect(isAllowed({ version: '1.0.0', license: '(GPL-3.0 OR MIT)' }, allowed)).toBe(true)
    expect(isAllowed({ version: '1.0.0' }, allowed)).toBe(false)
  })
})

/** Whether all licences that apply together are allowed, of those to choose from one. */
function isAllowed({ license = '', dev }: Locked, allowed: readonly string[]): boolean {
  if (dev) return true
  const together = license.replace(/[()]/g, '').split(' AND ')
  return together.every((one) => one.split(' OR ').some((licence) => allowed.includes(licence)))
}

test('install scripts do not run here', () => {
  expect(readFileSync('.npmrc', 'utf8')).toMatch(/^ignore-scripts=true$/m)
})

test('npm makes a bill of materials with every dependency', async () => {
  const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'sbom'], { maxBuffer: 2 ** 26 })
  const { components } = JSON.parse(stdout) as { components: { name: string; version: string; licenses?: unknown[] }[] }
  const listed = components.map(({ name, version }) => `${name}@${version}`)
  const names = Object.keys(packageJson.dependencies)
  expect(listed).toEqual(
    expect.arrayContaining(names.map((name) => `${name}@${locked[`node_modules/${name}`]!.version}`)),
  )
  expect(components.filter(({ licenses }) => !licenses?.length).map(({ name }) => name)).toEqual([])
})
