import type { Remedy } from '../core/remedies.js'
import { shellArgument } from './format.js'

type Kind = Remedy['kind']
type Of<K extends Kind> = Extract<Remedy, { readonly kind: K }>

/** An `NpluskError` or a warning. */
export interface Trouble {
  readonly message: string
  readonly remedy?: Remedy | undefined
}

/** A sentence that states the problem and what to type. */
export function sentenceOf({ message, remedy }: Trouble): string {
  if (remedy === undefined) return message
  return `${message.replace(/\.$/, '')}${joints[remedy.kind] ?? '; '}${wordsOf(remedy)}.`
}

/** A remedy as a main clause, without a full stop. */
export function wordsOf(remedy: Remedy): string {
  const say = words[remedy.kind] as (remedy: Remedy) => string
  return say(remedy)
}

/** The text between a problem and its remedy, where it is not a semicolon. */
const joints: Partial<Record<Kind, string>> = {
  'name-tensor': ': ',
  'list-models': ' ',
  'verify-bundle': ' ',
  'name-other-head': ' ',
  'check-layout': ' ',
  'confirm-input': ': ',
  'check-input': ': ',
  'rename-or-skip': '. ',
  'merge-classes': '. ',
  'unfreeze-or-separate': ', but ',
  'raise-prior': ': ',
  'raise-max-old-drop': ': ',
  resume: ': ',
}

/** What was added is there already when a warning of it is read. */
const takenBack = 'take the new pictures out with "extend remove" and add them again'

const anotherValue: Record<Of<'choose-another'>['option'], string> = {
  out: 'choose another --out',
  name: 'give another --name',
  rehearsal: 'give another --rehearsal folder',
  copyTo: 'choose another folder for --copy-to',
  cacheDir: 'name a folder for it with --cache-dir',
}

const words: { readonly [K in Kind]: (remedy: Of<K>) => string } = {
  'give-option': ({ option, value }) => `give --${option} ${value}`,
  'choose-another': ({ option }) => anotherValue[option],
  'leave-out': ({ option }) => `leave --${option} out`,

  'choose-folder-inside': () => 'choose a folder in it as --out',
  'name-file': () => "give a file's name as --out",
  'extend-instead': ({ bundle }) => `extend that one with --model ${shellArgument(bundle)}, or choose another --out`,
  'make-bundle': ({ out }) => `make one with "extend --add DIR --out ${shellArgument(out)}"`,
  'make-bundle-of': ({ model }) =>
    `make one of it with "extend --add DIR --model ${shellArgument(model)} --out BUNDLE"`,
  'build-again': () => 'build it again with extend --add',
  'verify-bundle': ({ bundle }) => `("extend verify ${operand(bundle)}" says what else can be done)`,
  'fit-again': () => 'the next "extend --add DIR" brings them, also with a folder that was added before',
  'list-classes': ({ bundle }) =>
    `"extend classes --model ${shellArgument(bundle)}" lists its classes, and "extend inspect" tells of the model that it was made of`,

  'list-models': () => '("extend models" lists the known ones)',
  'name-model': () => 'name one, or a known model (extend models)',
  'give-model-path': () => 'download or export the one you want, and give its path with --model',
  'pull-model': ({ model }) => `run "extend models pull ${model}" where the network allows it`,

  'check-network': () => 'check the network and HTTPS_PROXY, then run again',
  'check-hub': () => 'check HF_ENDPOINT, and what stands between you and the hub',
  'correct-proxy': ({ proxy }) => `write ${proxy.toUpperCase()}_PROXY as http://HOST:PORT, or unset it`,
  'give-token': () => 'it wants an access token: set HF_TOKEN to one that may read this',
  'correct-token': () => 'correct HF_TOKEN, or unset it',
  'check-name-or-give-token': () =>
    'check the name, and for a private or gated model set HF_TOKEN to a token that may read it',

  'use-cpu': () => 'use --device cpu',
  'diagnose-or-use-cpu': () => 'run "extend doctor" to see what is missing, or use --device cpu',
  'set-up-cuda': () => 'run "extend setup-cuda"',
  'set-up-cuda-again': ({ libraries }) =>
    `run "extend setup-cuda" again${libraries === 'damaged' ? '' : ', and see with ldd which libraries are found'}`,
  'set-up-older-cuda': ({ cuda }) =>
    `this GPU is older or newer than those that this provider has code for; try "extend setup-cuda --cuda ${cuda}"`,
  'set-up-newer-cuda': ({ cuda }) =>
    `check the network, or take the one for CUDA ${cuda}: extend setup-cuda --cuda ${cuda}`,
  'try-again': () => 'try again',
  'mend-machine': ({ what }) => what,
  'mend-or-use-cpu': ({ mend }) => `${wordsOf(mend)}, or use the device cpu`,

  'name-tensor': ({ option }) =>
    option === 'head'
      ? 'give --scores the name of a node, or of a tensor it makes'
      : 'give --bottleneck the name of a tensor that one of its nodes makes',
  'name-head': ({ candidate }) =>
    `name the node that makes the class scores with --scores NODE, such as ${candidate}, and the tensor of its features with --bottleneck TENSOR if need be`,
  'name-other-head': () => '(--scores NODE takes another one)',
  'check-layout': () => '(--layout says which axis holds them)',

  'give-grey-values': () => 'give --mean and --std one number each, and leave --channels out',
  'refetch-or-give-values': () => 'its weights may be damaged: fetch it again, or give --mean and --std',
  'confirm-input': ({ options }) =>
    `give old photographs, in folders named by class, with --rehearsal DIR, or set ${listed(options)} ("extend inspect" shows what was tried)`,
  'check-input': () =>
    'its preprocessing may be wrong (see "extend inspect", and --mean, --std, --channels), its labels in another order (--labels), or these are no pictures of its classes',
  'give-fitting-labels': () => 'give a list that fits with --labels FILE',
  'leave-out-input': () => 'options such as --mean, --size, --labels or --scores are for ONNX files',

  'rename-or-skip': ({ folders }) => {
    const it = folders === 1 ? 'it' : 'them'
    return `Rename ${it}, or leave ${it} out with --skip-unknown`
  },
  'rename-or-remove': ({ increment }) =>
    `give another --name, or take it out first with "extend remove ${operand(increment)}"`,
  'say-which': () => 'say which with --increment or --class',
  'rename-or-separate': () => 'name it as the one that is to grow, or use --overlap separate',
  'merge-or-separate': ({ merging }) => `use --overlap merge ${merging}, or --overlap separate to keep both`,
  'merge-classes': () => `To make them one, ${takenBack} with --overlap merge`,
  'keep-apart': () => `if it is another class, ${takenBack} with --overlap separate`,
  'keep-apart-instead': () => 'use --overlap separate if it is another class',
  'merge-lookalike': ({ rename }) =>
    `if they are the same thing, ${rename === undefined ? '' : `name the folder "${rename}" and `}use --overlap merge`,
  'merge-lookalike-again': ({ rename }) =>
    `if they are the same thing, ${rename === undefined ? '' : `name the folder "${rename}", `}${takenBack} with --overlap merge`,
  'unfreeze-once': () => 'leave out --freeze-added this once',
  'unfreeze-or-separate': () =>
    '--freeze-added keeps it as it is; leave out --freeze-added, or keep both with --overlap separate',

  'add-without-fine-tuning': () => 'leave out --fine-tune to add the new classes all the same',
  'end-training': ({ minutes }) => `give --minutes ${minutes} to end it soon with what it has learned`,
  'add-folder': ({ folder }) => `type ${command('--add', [folder])}`,
  'compare-models': () => 'compare with another --model ("extend models" lists the known ones)',

  'give-old-images': () => 'give old photographs with --rehearsal DIR',
  'give-old-images-or-no-layers': () =>
    'give old photographs with --rehearsal DIR, or name no layers, with --layers auto',
  'give-old-images-to-measure': () =>
    'give old photographs with --rehearsal DIR to lose fewer, and to measure how many',
  'give-old-images-or-none': () =>
    'give old images with --rehearsal DIR, make a pack of them with "extend models pull", or use --rehearsal none',
  'make-pack-again': ({ model }) => `make it again with "extend models pull ${model} --rehearsal DIR", or delete it`,
  'make-fitting-pack': () => 'make it again with "extend models pull", and give the same options here',

  'check-balance': () => 'compare with "extend evaluate", and set it right with --prior or --max-old-drop',
  'add-images-or-change-model': () =>
    "this model's features may not show the difference: give more images of each class, or another --model",
  'raise-prior': () =>
    'give more images of them, a larger --prior, or another --model whose features tell them from the old ones',
  'raise-max-old-drop': ({ maxOldDrop, suggested, oldImages, allowed, enoughImages }) => {
    if (allowed > 0) {
      return `this model's features do not tell them from old ones within --max-old-drop ${maxOldDrop} (${allowed} of ${oldImages} old images); allow more, such as --max-old-drop ${suggested}, give more images of them, or another --model`
    }
    const needed = enoughImages === undefined ? '' : ` or at least ${enoughImages} old images with --rehearsal DIR`
    return `of ${oldImages} old images, --max-old-drop ${maxOldDrop} allows none to be lost, so that the one most like the new classes holds them all back; give --max-old-drop ${suggested}${needed}`
  },

  'use-parts': ({ add, evaluate }) => {
    const commands = [
      ...(add === undefined ? [] : [command('--add', [add])]),
      ...(evaluate === undefined ? [] : [command('evaluate', [evaluate])]),
    ]
    return `type ${commands.join(', then ')}`
  },
  'move-then-add': ({ folder }) => `move that elsewhere, then type ${command('--add', [folder])} again`,
  'use-inner-folders': ({ purpose, folders }) => {
    const those = folders.length === 1 ? 'it' : 'them'
    const typed = command(purpose === 'add' ? '--add' : 'evaluate', folders)
    return `type ${typed} for the classes in ${those}; to make it one class, put the pictures of its folders into it`
  },

  resume: () => 'with --resume, the same command goes on from there',
  'resume-or-choose-another': () => 'go on with it by --resume, or choose another --out',

  'start-workers': () => 'start some with "extend worker --queue ADDRESS"',
  'write-part-again': () => 'write it again with "extend features DIR --out FILE"',
}

function command(name: '--add' | 'evaluate', folders: readonly string[]): string {
  return `"extend ${folders.map((folder) => `${name} ${shellArgument(folder)}`).join(' ')}"`
}

/** A name as an argument of a command: one that begins with a dash is no option behind two. */
function operand(name: string): string {
  return `${name.startsWith('-') ? '-- ' : ''}${shellArgument(name)}`
}

/** Lists options, with `and` before the last one. */
function listed(options: readonly string[]): string {
  const names = options.map((option) => `--${option}`)
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`
}
