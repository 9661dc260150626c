import { mkdirSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { cudaFolder, cudaSurroundings } from '../../src/cuda/folder.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const cache = temporaryFolder()

test('a process needs nothing where nothing was set up', () => {
  expect(cudaSurroundings(cache(), '/usr/lib')).toBeUndefined()
})

test('else it needs the folder before all others, and once', () => {
  const folder = cudaFolder(cache())
  mkdirSync(folder, { recursive: true })
  expect(cudaSurroundings(cache())).toEqual({ LD_LIBRARY_PATH: folder })
  expect(cudaSurroundings(cache(), '/a:/b')).toEqual({ LD_LIBRARY_PATH: `${folder}:/a:/b` })
  expect(cudaSurroundings(cache(), `/a:${folder}`)).toEqual({ LD_LIBRARY_PATH: `${folder}:/a` })
  expect(cudaSurroundings(cache(), `${folder}:/a`)).toBeUndefined()
})
