import { InvalidArgumentError, Option, type Command } from 'commander'
import type { InputOptions } from '../../backbone/hints.js'

/** The flags that `addInputOptions` adds; `scores` is the input's `head`, as `--head` is the kind of a new head. */
export type InputFlags = Omit<InputOptions, 'head'> & { readonly scores?: string }

const keys: readonly (keyof InputFlags)[] = [
  'mean',
  'std',
  'channels',
  'layout',
  'size',
  'crop',
  'interpolation',
  'scores',
  'bottleneck',
  'labels',
]

/** Adds options for what the user knows about an ONNX file and cannot be found out. */
export function addInputOptions(command: Command): Command {
  return command
    .optionsGroup('An ONNX classifier, where "extend inspect" shows something wrong:')
    .option('--mean <r,g,b>', "what is subtracted, in the model's channel order, e.g. 0.485,0.456,0.406", triple)
    .option('--std <r,g,b>', 'what is divided by; above 1 both are in 0..255', triple)
    .addOption(new Option('--channels <order>', 'order of the colours').choices(['RGB', 'BGR']))
    .addOption(new Option('--layout <order>', "order of the input's axes").choices(['NCHW', 'NHWC']))
    .option('--size <pixels>', 'of the input, where the model leaves it free: 224 or 320x240', size)
    .option('--crop <fraction>', 'side of the central crop, e.g. 0.875, or squash', crop)
    .addOption(
      new Option('--interpolation <kind>', 'how pictures are resized').choices([
        'nearest',
        'bilinear',
        'bicubic',
        'lanczos',
      ]),
    )
    .option('--scores <node>', 'the node that makes the class scores')
    .option('--bottleneck <tensor>', 'the tensor to take as features')
    .addOption(labelsOption())
}

/** Makes `--labels`, also for commands that only read. */
export function labelsOption(): Option {
  return new Option('--labels <file>', 'names of its classes: one a line, or JSON')
}

/** Separates the flags of `addInputOptions` from a command's other flags. */
export function splitInput<Flags extends InputFlags>(
  flags: Flags,
): { input?: InputOptions; rest: Omit<Flags, keyof InputFlags> } {
  const entries = Object.entries(flags)
  const isInput = ([key]: [string, unknown]): boolean => (keys as readonly string[]).includes(key)
  const { scores, ...others } = Object.fromEntries(entries.filter(isInput)) as InputFlags
  const input: InputOptions = { ...others, ...(scores === undefined ? {} : { head: scores }) }
  const rest = Object.fromEntries(entries.filter((entry) => !isInput(entry))) as Omit<Flags, keyof InputFlags>
  return Object.keys(input).length > 0 ? { input, rest } : { rest }
}

/** Parses three numbers separated by commas or blanks, or one for all three channels. */
function triple(text: string): readonly number[] {
  const numbers = text
    .trim()
    .split(/[\s,]+/)
    .map((part) => (part === '' ? NaN : Number(part)))
  if (!numbers.every(Number.isFinite) || (numbers.length !== 1 && numbers.length !== 3)) {
    throw new InvalidArgumentError('it must be one number or three with commas between, such as 0.5,0.5,0.5')
  }
  return numbers
}

function size(text: string): { width: number; height: number } {
  const [, width, height = width] = /^(\d+)(?:x(\d+))?$/i.exec(text.trim()) ?? []
  if (!(Number(width) > 0 && Number(height) > 0)) {
    throw new InvalidArgumentError('it must be a number of pixels, such as 224, or width and height, such as 320x240')
  }
  return { width: Number(width), height: Number(height) }
}

function crop(text: string): number | 'squash' {
  if (text === 'squash') return text
  const value = Number(text)
  if (text.trim() === '' || !(value > 0 && value <= 1)) {
    throw new InvalidArgumentError('it must be a fraction above 0 and at most 1, such as 0.875, or squash')
  }
  return value
}
