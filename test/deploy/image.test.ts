import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { mainFile } from '../cli/spawn.js'
import { documentText, root } from '../support/documents.js'
import { dockerfile } from './examples.js'

const { engines } = JSON.parse(documentText('package.json')) as { engines: { node: string } }

describe('the image', () => {
  test('copies files that are there, and that its build is given', () => {
    const ignored = documentText('deploy/Dockerfile.dockerignore').split('\n')
    const given = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1))
    expect(ignored).toContain('*')
    expect(given.filter((file) => !existsSync(join(root, file)))).toEqual([])
    const copied = [...dockerfile.matchAll(/^COPY (?:--from=build )?(.*) \S+$/gm)].flatMap(([, files]) =>
      files!.split(' ').map((file) => file.replace('/app/', '')),
    )
    expect(copied.length).toBeGreaterThan(5)
    const made = ['.', 'node_modules', 'dist/src']
    expect(copied.filter((file) => !made.includes(file) && !given.includes(file))).toEqual([])
    // What it starts is the program as the build makes it.
    expect(mainFile.endsWith(/ENTRYPOINT \["node", "\/app(\/.*)"\]/.exec(dockerfile)![1]!)).toBe(true)
  })

  test('has a version of Node that the package takes, and a user by number', () => {
    const versions = [...dockerfile.matchAll(/^FROM node:(\d+)-/gm)].map(([, version]) => Number(version))
    expect(versions).toHaveLength(2)
    const least = Number(/\d+/.exec(engines.node)![0])
    for (const version of versions) expect(version).toBeGreaterThanOrEqual(least)
    expect(dockerfile).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m)
  })
})
