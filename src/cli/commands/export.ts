import { Command, Option } from 'commander'
import type { InputKind } from '../../export/card.js'
import type { Precision } from '../../precision/convert.js'
import { exportFormats, type ExportFormat } from '../../export/formats.js'
import { ownFlags, perform, type Context } from '../context.js'
import { exportPlace, whatToOpen } from '../defaults.js'
import type { Environment } from '../environment.js'
import { describeExport } from '../reports/export.js'
import { examples, modelOption } from './shared-options.js'

interface ExportFlags {
  readonly format: ExportFormat
  readonly model?: string
  readonly out?: string
  readonly input?: InputKind
  readonly precision?: Precision
}

export function exportCommand(environment: Environment): Command {
  return new Command('export')
    .description('Writes the classifier in the form that another program wants.')
    .addOption(
      new Option(
        '--format <format>',
        'a file, a folder for @huggingface/transformers, a web page, an NVIDIA Triton model',
      )
        .choices(exportFormats)
        .makeOptionMandatory(),
    )
    .addOption(modelOption('the bundle'))
    .option('--out <path>', 'file or folder to write (default: named after bundle and format, such as ./extended-web)')
    .addOption(
      new Option(
        '--input <kind>',
        'uint8: pixels [batch, height, width, 3]; float: 0..1 [batch, 3, height, width] (default: what the format takes)',
      ).choices(['uint8', 'float'] satisfies InputKind[]),
    )
    .addOption(
      new Option(
        '--precision <precision>',
        'what the graph computes in; float16 is for GPUs (default: as in the bundle)',
      ).choices(['int8', 'float16', 'float32'] satisfies Precision[]),
    )
    .addHelpText(
      'after',
      examples([
        ['extend export --format onnx --input float', 'one file, ./extended.onnx'],
        ['extend export --format web --out site/', 'a page that classifies pictures in the browser'],
        ['extend export --format triton --precision float16 --out /models', 'one more model of a repository, for GPUs'],
      ]),
    )
    .action((_flags: unknown, command: Command) =>
      perform(environment, command, (context) => exportBundle(ownFlags<ExportFlags>(command) as ExportFlags, context)),
    )
}

async function exportBundle(flags: ExportFlags, { call, json, style, print, printJson }: Context): Promise<void> {
  const model = await whatToOpen(flags.model)
  const { exportModel } = await import('../../workflow/export.js')
  const result = await exportModel({ ...call, ...flags, model, out: flags.out ?? exportPlace(model, flags.format) })
  if (json) printJson(result)
  else print(describeExport(result, style))
}
