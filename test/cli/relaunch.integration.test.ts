import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { cudaFolder } from '../../src/cuda/folder.js'
import { cudaPlatform, packagedLibraries, providerLibraries } from '../../src/runtime/provider-files.js'
import type { Diagnosis } from '../../src/workflow/doctor.js'
import { fixtures, openWorkplace, type Workplace } from '../end-to-end/workplace.js'
import { mainFile } from './spawn.js'

/** CUDA set up with a provider that is a file cut off: only a process started anew can find it at all. */
let place: Workplace

beforeAll(() => {
  place = openWorkplace()
  const folder = cudaFolder(place.cacheDir)
  mkdirSync(folder, { recursive: true })
  cpSync(join(packagedLibraries(), 'libonnxruntime.so.1'), join(folder, 'libonnxruntime.so.1'))
  for (const name of providerLibraries) writeFileSync(join(folder, name), 'cut off')
})
afterAll(() => place.remove())

const banana = join(fixtures, 'objects/banana.jpg')
const predict = ['predict', banana, '--model', 'inception-v3', '--top', '1']
const damaged =
  /the file libonnxruntime_providers_shared\.so is damaged \(file too short\); run "extend setup-cuda" again/

const where = cudaPlatform ? describe : describe.skip

where('where CUDA was set up and cannot be loaded', () => {
  test('doctor finds it, and tells why', async () => {
    const { providers } = await place.json<Diagnosis>(['doctor'])
    const cuda = providers.find(({ name }) => name === 'cuda')!
    expect(`${cuda.reason}; ${cuda.remedy}`).toMatch(damaged)
  })

  test('--device cuda ends with 3, cause and remedy', async () => {
    const { code, stdout, stderr } = await place.run([...predict, '--device', 'cuda'])
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toMatch(damaged)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  test('--device auto runs on the CPU and says so in one line', async () => {
    const { code, stdout, stderr } = await place.run(predict)
    expect(code).toBe(0)
    expect(stdout).toMatch(/banana\n$/)
    expect(stderr).toMatch(damaged)
    expect(stderr).toMatch(/^warning: Running on the CPU, as CUDA cannot be used: .*\nLoading the model\n$/)
  })

  test('--device cpu looks for nothing', async () => {
    expect(await place.run([...predict, '--device', 'cpu'])).toMatchObject({ code: 0, stderr: 'Loading the model\n' })
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('streams and %s go through', async (signal) => {
    const args = [mainFile, 'predict', '-', '--model', 'inception-v3', '--json', '--cache-dir', place.cacheDir]
    const child = spawn(process.execPath, args, { stdio: 'pipe' })
    const stderr = text(child.stderr)
    child.stdin.write(`${banana}\n`)
    const [answer] = (await once(child.stdout, 'data')) as [Buffer]
    expect(JSON.parse(answer.toString())).toMatchObject({ predictions: [{ label: 'banana' }, {}, {}, {}, {}] })
    child.kill(signal)
    child.stdin.on('error', () => undefined) // it ends before it has read everything
    const more = setInterval(() => child.stdin.write(`${banana}\n`), 100)
    try {
      expect(await once(child, 'exit')).toEqual([130, null])
    } finally {
      clearInterval(more)
      child.stdin.destroy()
    }
    expect(await stderr).toMatch(/Interrupted/)
  })
})

test('where nothing was set up, auto takes the CPU without a word', async () => {
  const elsewhere = openWorkplace()
  try {
    expect(await elsewhere.run(predict)).toMatchObject({ code: 0, stderr: 'Loading the model\n' })
  } finally {
    elsewhere.remove()
  }
})
