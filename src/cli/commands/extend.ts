import { Command, InvalidArgumentError, Option } from 'commander'
import type { Depth } from '../../branch/cut.js'
import { headChoices, type HeadChoice } from '../../head/head-kind.js'
import type { ExtendOptions } from '../../training/extend-options.js'
import type { ExtendResult } from '../../workflow/extend.js'
import { NpluskError } from '../../core/errors.js'
import { ownFlags, perform, type Context } from '../context.js'
import { whatToExtend } from '../defaults.js'
import type { Environment } from '../environment.js'
import { explanations } from '../help.js'
import { shownPath } from '../reports/paths.js'
import { show } from '../terminal/screen.js'
import { rejectArguments, rejectPath } from '../unknown-command.js'
import { autoOr, collect, fraction, integer, largestSeed, layerList, usageError } from '../usage.js'
import { wrap } from '../wrap.js'
import { addInputOptions, splitInput, type InputFlags } from './input-options.js'
import { kebabCase } from '../kebab-case.js'
import { deviceOption, examples, keepOption, rejectHint } from './shared-options.js'

/** Options of the call that have a flag of the same name. */
type ExtendFlags = InputFlags &
  Pick<ExtendOptions, 'add'> &
  Partial<
    Omit<
      ExtendOptions,
      'add' | 'fineTune' | 'input' | 'cacheDir' | 'signal' | 'onProgress' | 'report' | 'hub' | 'proxies'
    >
  > & {
    readonly report?: string
    /** `true` without a value. */
    readonly fineTune?: Depth | true
  }

export function extendCommand(environment: Environment): Command {
  const command = new Command('extend')
    .description('Teaches an image classifier new classes without losing the old ones.')
    .usage('--add DIR [options]\n       extend COMMAND [options]')
    .optionsGroup('Adding classes:')
    .option('--add <dir>', 'folder with one folder of images per new class; repeatable', collect)
    .option(
      '--model <model>',
      'a bundle, an ONNX classifier (file, address or hf:owner/name) or a known model (default: ./extended if it is there, else inception-v3)',
    )
    .option('--out <bundle>', 'where to write (default: the bundle being extended, else ./extended)')
    .option(
      '--rehearsal <images>',
      'a folder of old images, builtin or none (default: builtin where the model has one)',
    )
    .addOption(
      new Option(
        '--overlap <how>',
        'a new class whose name is taken (default: separate for an old class; merge for one added earlier, which grows)',
      ).choices(['separate', 'merge', 'error']),
    )
    .addOption(deviceOption())
    .option('--report <file>', 'write a page on what was learned, with the pictures: report.html')
    .option('--tensorboard <dir>', "write how training went, and the images by likeness, as TensorBoard's event files")
    .option('--name <name>', "name of this increment (default: the folder's name)")
    .optionsGroup('Adding classes, for experts:')
    .addOption(
      new Option(
        '--head <kind>',
        "what learns the new classes: softmax (linear), svm, mlp, or auto, which takes what is best on pictures left out (default: the bundle's own, else softmax)",
      )
        .choices(headChoices)
        .argParser(headChoice),
    )
    .option('--max-old-drop <fraction>', 'largest loss of old accuracy allowed (default: 0.01)', fraction)
    .option(
      '--prior <probability>',
      'how likely an image shows a new class where there are five (default: 0.15)',
      fraction,
    )
    .option(
      '--augment <n>',
      'extra views of every training image, or auto: one where that pays (default: auto)',
      autoOr(0, 100),
    )
    .option(
      '--layers <list>',
      'which layers the new heads read: auto (chosen on pictures left out), default (the usual ones), or names with commas between them, as "extend inspect" lists them; stays until told otherwise (default: auto)',
      layerList,
    )
    .addOption(
      new Option(
        '--fine-tune [blocks]',
        "train a copy of the network's last blocks for the new classes, for what the usual features do not tell apart: how many, or auto; needs --rehearsal DIR, and takes more than an hour for 800 pictures",
      ).argParser(autoOr(1, 1000)),
    )
    .option('--epochs <n>', 'how often fine-tuning goes through the pictures (default: 24)', integer(1, 1000))
    .option('--minutes <n>', 'how long fine-tuning may train (default: as long as it takes)', integer(1, 100_000))
    .option('--resume', 'go on with fine-tuning that was interrupted, as it does anyway; says so where there is none')
    .option('--freeze-added', 'keep the heads added earlier bit for bit')
    .addOption(
      new Option(
        '--trainer <backend>',
        'what trains: onnxruntime, or tfjs (TensorFlow.js, installed beside nplusk) (default: onnxruntime)',
      ).choices(['onnxruntime', 'tfjs']),
    )
    .addOption(keepOption())
    .option('--seed <number>', 'seed of all that is drawn at random (default: 0)', integer(0, largestSeed))
  return addInputOptions(command)
    .addHelpText(
      'after',
      examples([
        ['extend --add flowers/', 'Inception v3 and the classes in flowers/'],
        ['extend --add birds/', 'those in birds/ too'],
        ['extend predict photo.jpg', 'what does it show?'],
        ['extend --add new/ --model a --out b', 'the bundle a with more classes, as b'],
        ['extend --add new/ --model net.onnx', 'any ONNX classifier'],
        ['extend --add cards/ --rehearsal photographs/ --fine-tune --minutes 60', 'for classes that stay hard'],
      ]),
    )
    .allowExcessArguments()
    .action(async (_flags: unknown, command: Command) => {
      const { add, ...flags } = ownFlags<ExtendFlags>(command)
      rejectPath(command, add)
      rejectArguments(command)
      if (add !== undefined) return perform(environment, command, (context) => extend({ add, ...flags }, context))
      if (Object.keys(command.opts()).length > 0)
        throw usageError('Nothing to add: the option --add DIR is missing', command)
      show(environment.stdout, overview(command))
    })
    .hook('preSubcommand', (command) => {
      const [own] = Object.keys(ownFlags(command))
      if (own === 'add')
        throw usageError('Adding is a command of its own; type what comes behind it by itself', command)
      if (own !== undefined)
        throw usageError(
          `The option --${kebabCase(own)} stands before a command; write it behind the command's name`,
          command,
        )
    })
}

/** The message helps those who name the node of the class scores, as `--head` did in earlier versions. */
function headChoice(text: string): HeadChoice {
  const choice = headChoices.find((one) => one === text)
  if (choice !== undefined) return choice
  throw new InvalidArgumentError(
    `it must be ${headChoices.join(', ')}; the node that makes the class scores is named by --scores`,
  )
}

async function extend(
  flags: ExtendFlags,
  { call, json, style, typed, print, printJson, remark, inWords }: Context,
): Promise<void> {
  const { extendModel } = await import('../../workflow/extend.js')
  const { report: file, fineTune, ...others } = flags
  const { input, rest } = splitInput(others)
  const places = await whatToExtend(flags)
  const { records: _, ...extended } = await extendModel({
    ...call,
    ...rest,
    ...(input ? { input } : {}),
    ...places,
    ...(fineTune === undefined ? {} : { fineTune: fineTune === true ? 'auto' : fineTune }),
    ...(file === undefined ? {} : { report: { file, command: typed, rejectHint } }),
    command: typed,
  })
  const result = { ...extended, warnings: inWords(extended.warnings) }
  if (json) printJson(result)
  else {
    // Imported only here: every command loads this file, but only an extension needs these modules.
    const { describeExtension } = await import('../reports/extension.js')
    print(describeExtension(result, style))
  }
  if (file !== undefined && !result.unwritten.includes('report')) remark(`Report: ${shownPath(file)}`)
  if (result.unwritten.length > 0) throw unwritten(result)
}

/** For the exit code, after the result: a script that asked for a report must learn that there is none. */
function unwritten({ bundle, unwritten: files }: Pick<ExtendResult, 'bundle' | 'unwritten'>): NpluskError {
  const what = files.map((file) => `--${file}`).join(' and ')
  return new NpluskError('IO', `${shownPath(bundle)} is written, but ${what} failed; the warnings say why.`)
}

/** Help for newcomers; everything else is under `--help`. */
function overview(command: Command): string {
  const width = command.configureOutput().getOutHelpWidth!()
  const lines = explanations(
    [
      ['extend --add DIR', 'add the classes in DIR, one folder of images each'],
      ['extend predict IMAGE', 'what does it show?'],
      ['extend evaluate DIR', 'how often is that right?'],
      ['extend classes', 'what is known, and what it came with'],
      ['extend remove NAME', 'take an addition out again'],
    ],
    width,
  )
  return [wrap(command.description(), width), '', lines, '', 'All commands and options: extend --help', ''].join('\n')
}
