import type { LayerChoiceRecord } from '../../bundle/manifest.js'
import type { TriedKind } from '../../head/head-method.js'
import { layerWords } from '../../training/layer-words.js'
import { html, type Content } from '../html.js'
import { percent, table } from '../table.js'

/** What was chosen on photographs left out of training, and what it was chosen from. */
export interface ChoicesView {
  /** @default nothing was to be chosen */
  readonly layers?: LayerChoiceRecord | undefined
  /** The kind of head that was taken, and all that were tried; of a single one, none. */
  readonly head: { readonly kind: string; readonly tried: readonly TriedKind[] }
}

export function hasChoices({ layers, head }: ChoicesView): boolean {
  return layers !== undefined || head.tried.length > 0
}

/** Which layers the heads read and of what kind they are, and why. */
export function choicesPart({ layers, head }: ChoicesView): Content {
  return [layers && layersPart(layers), head.tried.length > 0 && headPart(head)]
}

function layersPart({ taken, tried }: LayerChoiceRecord): Content {
  return html`<h3>Which layers it looks at</h3>
    <p>
      Early layers of a network see edges and patterns, late ones things. Which of them tell the new classes apart best
      was tried on photographs left out of training. Other layers than the usual ones are taken where the loss is
      clearly lower. Taken were: ${layerWords[taken] ?? taken}.
    </p>
    ${table(
      'Layers that were tried',
      [
        { title: 'Layers', value: ({ name }) => layerWords[name] ?? name },
        {
          title: 'Loss',
          value: ({ gain }) => -gain,
          show: ({ name, gain, error }) => (name === 'default' ? 'what it is compared with' : change(gain, error)),
        },
        { title: 'Taken', value: ({ name }) => (name === taken ? 'yes' : 'no') },
      ],
      tried,
    )}`
}

/** A gain, in logarithms, as `18 % lower, ± 3 %`. */
function change(gain: number, error: number): string {
  const share = Math.abs(Math.exp(-gain) - 1)
  return `${percent(share)} ${gain > 0 ? 'lower' : 'higher'}, ±\u00a0${percent(error)}`
}

function headPart({ kind, tried }: ChoicesView['head']): Content {
  return html`<h3>Which kind of head</h3>
    <p>The softmax stays where no other kind is clearly better on photographs left out of training.</p>
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
