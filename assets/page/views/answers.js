// One picture's answers: the best one large, all of them with bars, and what each was taught with.
import { icon, make } from '../dom.js'
import { percent } from '../words.js'

/** Colours by increment, in the order in which they were added; see `answers.css`. */
const colours = 6
/** Below this, a class is out of the question, and whether it is sure says nothing. */
const possible = 0.05

/** What marks a label that was added; nothing for one of the base's. */
export function mark(increment, increments) {
  if (increment === 'base') return undefined
  return make(
    'span',
    { class: `mark ${colourOf(increment, increments)}`, title: `taught with “${increment}”` },
    icon('add'),
    make('span', { class: 'unseen' }, 'taught with '),
    increment,
  )
}

export function colourOf(increment, increments) {
  return increment === 'base' ? 'base' : `own-${Math.max(0, increments.indexOf(increment)) % colours}`
}

/**
 * @param {import('../session.js').Answer} answer
 * @param {string[]} increments
 */
export function answerList({ predictions, rejected = false }, increments) {
  const [best] = predictions
  return make(
    'div',
    { class: 'answers' },
    rejected && notice('Probably nothing that it knows. What follows is its best guess.'),
    !rejected && best.unsure === true && notice(`It is not sure: for “${best.label}” it usually has more to go by.`),
    make('ol', { class: 'bars' }, ...predictions.map((one) => bar(one, increments))),
  )
}

function notice(text) {
  return make('p', { class: 'notice doubt' }, icon('warn'), text)
}

function bar({ label, probability, increment, unsure }, increments) {
  const line = make(
    'li',
    {},
    make('span', { class: 'name' }, make('span', { class: 'label' }, label), mark(increment, increments)),
    make(
      'span',
      { class: 'share' },
      unsure && probability >= possible && make('span', { class: 'unsure' }, 'unsure'),
      percent(probability),
    ),
    make('span', { class: `bar ${colourOf(increment, increments)}`, 'aria-hidden': 'true' }),
  )
  line.style.setProperty('--share', probability)
  return line
}
