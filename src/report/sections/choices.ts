import type { LayerChoiceRecord } from '../../bundle/manifest.js'
import type { TriedKind } from '../../head/head-method.js'
import { layerWords } from '../../training/layer-words.js'
import { html, type Content } from '../html.js'
import { table } from '../table.js'

/** How the layers of an increment's head were chosen. */
interface LayersOfIncrement extends LayerChoiceRecord {
  readonly increment: string
}

/** What was chosen on photographs left out of training, and what it was chosen from. */
export interface ChoicesView {
  /** Of every increment for which something was to be chosen. */
  readonly layers: readonly LayersOfIncrement[]
  /** The kind of head that was taken, and all that were tried; of a single one, none. */
  readonly head: { readonly kind: string; readonly tried: readonly TriedKind[] }
}

export function hasChoices({ layers, head }: ChoicesView): boolean {
  return layers.length > 0 || head.tried.length > 0
}

/** Which layers the heads read and of what kind they are, and why. */
export function choicesPart({ layers, head }: ChoicesView): Content {
  return [layers.length > 0 && layersPart(layers), head.tried.length > 0 && headPart(head)]
}

function layersPart(layers: readonly LayersOfIncrement[]): Content {
  // Heads that stay as they are may have been chosen from others by an earlier version.
  const choices = [...new Set(layers.flatMap(({ tried }) => tried.map(({ name }) => name)))]
  const lossOf = ({ tried }: LayersOfIncrement, choice: string) =>
    tried.find(({ name }) => name === choice)?.loss ?? null
  return html`<h3>Which layers it looks at</h3>
    <p>
      Early layers of a network see edges and patterns, late ones things. Which of them tell the classes of each
      addition apart best was tried on photographs left out of training: the loss (in nats) is the smaller, the more
      probable the right answers are held. Other layers than the usual ones are taken where it is clearly smaller.
    </p>
    ${table(
      'Loss with the layers that were tried',
      [
        { title: 'Addition', value: ({ increment }) => increment },
        ...choices.map((choice) => ({
          title: layerWords[choice] ?? choice,
          value: (one: LayersOfIncrement) => lossOf(one, choice),
          show: (one: LayersOfIncrement) => lossOf(one, choice)?.toFixed(3) ?? '–',
        })),
        { title: 'Taken', value: ({ taken }) => layerWords[taken] ?? taken },
      ],
      layers,
    )}`
}

function headPart({ kind, tried }: ChoicesView['head']): Content {
  return html`<h3>Which kind of head</h3>
    <p>
      The softmax stays where no other kind is clearly better on photographs left out of training: has a clearly smaller
      loss.
    </p>
    ${table(
      'Kinds of head that were tried',
      [
        { title: 'Kind', value: (one) => one.kind },
        { title: 'Held-out loss (nats)', value: ({ loss }) => loss, show: ({ loss }) => loss.toFixed(3) },
        { title: 'Taken', value: (one) => (one.kind === kind ? 'yes' : 'no') },
      ],
      tried,
    )}`
}
