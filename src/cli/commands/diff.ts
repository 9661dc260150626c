import { Command, Option } from 'commander'
import type { BundleState } from '../../bundle/history/find-state.js'
import type { Device } from '../../classifier/model-options.js'
import { ownFlags, perform, type Context } from '../context.js'
import { whatToOpen } from '../defaults.js'
import type { Environment } from '../environment.js'
import { describeDifference } from '../reports/diff.js'
import { shownPath } from '../reports/paths.js'
import { unwrittenReport } from '../unwritten-report.js'
import { usageError } from '../usage.js'
import { deviceOption, examples } from './shared-options.js'

interface DiffFlags {
  readonly model?: string
  readonly device?: Device
  readonly report?: string
}

export function diffCommand(environment: Environment): Command {
  return new Command('diff')
    .description('Compares two bundles, or two revisions of one: classes, figures, and answers to images.')
    .argument('<a>', 'a bundle, or the number of a revision')
    .argument('<b>', 'another')
    .argument('[dir]', 'images, in one folder per class where the classes are known')
    .addOption(new Option('--model <bundle>', 'the bundle whose revisions are meant (default: ./extended)'))
    .option('--report <file>', 'write a page on the answers that changed, with the pictures: diff.html')
    .addOption(deviceOption())
    .addHelpText(
      'after',
      examples([
        ['extend diff 2 3', 'what revision 3 of ./extended has that revision 2 has not'],
        ['extend diff old-bundle extended flowers/val', 'and which images get another answer'],
        ['extend diff 2 3 flowers/val --report diff.html', 'the same as a page to look at'],
      ]),
    )
    .action((a: string, b: string, folder: string | undefined, _flags: unknown, command: Command) => {
      const flags = ownFlags<DiffFlags>(command)
      if (flags.model !== undefined && !isRevision(a) && !isRevision(b))
        throw usageError(`--model is for numbers of revisions, and neither ${a} nor ${b} is one`, command)
      const wrong = [a, b].find(
        (side) => isRevision(side) && !(Number(side) >= 1 && Number.isSafeInteger(Number(side))),
      )
      if (wrong !== undefined) throw usageError(`${wrong} is no revision, as they are counted from 1 on`, command)
      return perform(environment, command, (context) => diff([a, b], folder, flags, context))
    })
}

async function diff(
  sides: readonly [string, string],
  folder: string | undefined,
  { model, report, device }: DiffFlags,
  { call, json, style, typed, print, printJson, remark }: Context,
): Promise<void> {
  const [before, after] = await Promise.all([stateOf(sides[0], model), stateOf(sides[1], model)])
  const { diffBundles } = await import('../../workflow/diff.js')
  const options = { ...call, before, after, folder, ...(device === undefined ? {} : { device }) }
  const result = await diffBundles({
    ...options,
    ...(report === undefined ? {} : { report: { file: report, command: typed } }),
  })
  if (json) printJson(result)
  else print(describeDifference(result, style))
  if (result.unwritten) throw unwrittenReport()
  if (report !== undefined) remark(`Report: ${shownPath(report)}`)
}

/** A number means a revision; a folder of that name is `./2`. */
function isRevision(side: string): boolean {
  return /^\d+$/.test(side)
}

async function stateOf(side: string, model: string | undefined): Promise<BundleState> {
  return isRevision(side) ? { model: await whatToOpen(model), revision: Number(side) } : { model: side }
}
