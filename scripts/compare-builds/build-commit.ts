import { execFile } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Takes the files of a commit into a folder and builds the program there, with the packages that the working tree has.
 *
 * @param root the working tree
 * @returns the folder, which has `dist/` then
 */
export async function buildCommit(root: string, commit: string, folder: string): Promise<string> {
  await mkdir(folder)
  const archive = `${folder}.tar`
  await run('git', ['archive', '--output', archive, commit], { cwd: root })
  await run('tar', ['-xf', archive, '-C', folder])
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  // The program alone: tests and benches may want packages that are not here any more, or not yet.
  const config = {
    extends: './tsconfig.json',
    compilerOptions: { declaration: false, incremental: false, tsBuildInfoFile: null },
    include: ['src'],
  }
  await writeFile(join(folder, 'tsconfig.program.json'), JSON.stringify(config))
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.program.json'], {
    cwd: folder,
  }).catch((error: { stdout: string }) => {
    throw new Error(`${commit} does not compile: ${error.stdout}`, { cause: error })
  })
  await run(process.execPath, [join(root, 'node_modules/rollup/dist/bin/rollup'), '-c', '--silent'], { cwd: folder })
  return folder
}
