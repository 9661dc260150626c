// What a lesson changed: how well it answers, what it takes for what, and what to think of.
import { button, icon, make } from '../../dom.js'
import { counted, listed, percent, withRemedy } from '../../words.js'
import { photoStrip } from './lesson-photo.js'

/** Confusions shown. */
const most = 6

/**
 * @param {import('./lesson.js').Lesson} lesson
 * @param {import('../../session.js').Session} session
 */
export function resultCard(lesson, session, result, { keep, undo }) {
  const { increment, grown, heldOut, warnings, confusions } = result
  const ofLesson = new Set([...increment.labels, ...grown.map(({ label }) => label)])
  const fresh = heldOut.perClass.filter(({ label }) => ofLesson.has(label))
  const earlier = heldOut.perClass.filter(({ label }) => !ofLesson.has(label))
  const buttons = [
    button('Keep it', () => act(keep), { kind: 'main' }),
    button('Undo', () => act(undo), { sign: 'undo' }),
  ]
  const tryIt = make('a', { href: '#look', class: 'button' }, 'Try it')
  const element = make(
    'div',
    { class: 'card result' },
    make('h2', { tabindex: '-1' }, titleOf(increment.labels, grown)),
    make('ul', { class: 'figures' }, ...figures(heldOut, fresh, earlier)),
    make('p', { class: 'faint' }, 'Each picture was tried on a version that had not been taught with it.'),
    heldOut.perClass.length > 1 && classes([...fresh, ...earlier]),
    confusions.length > 0 && mistakes(lesson, confusions.slice(0, most)),
    warnings.length > 0 && remarks(warnings),
    make(
      'p',
      { class: 'faint' },
      'Keeping it deletes these pictures from the service; what it learned stays. Undo brings back how it was.',
    ),
    make('div', { class: 'row decide' }, ...buttons, tryIt),
  )
  return { element }

  async function act(work) {
    for (const one of buttons) one.disabled = true
    await work()
    for (const one of buttons) one.disabled = false
  }
}

/** A class that grew is among the labels of the increment too. */
function titleOf(labels, grown) {
  const quoted = (some) => listed(some.map((label) => `“${label}”`))
  const better = grown.map(({ label }) => label)
  const fresh = labels.filter((label) => !better.includes(label))
  if (fresh.length === 0 && better.length === 0) return 'There was nothing new in these pictures'
  if (better.length === 0) return `It now knows ${quoted(fresh)}`
  return fresh.length === 0
    ? `It has more of ${quoted(better)}`
    : `It now knows ${quoted(fresh)}, and has more of ${quoted(better)}`
}

/**
 * @param fresh the classes of this lesson, of the figures of all classes that were added
 * @param earlier those that were added before
 */
function figures({ old, leak }, fresh, earlier) {
  const found = [
    ...shareOf(fresh, 'of the new pictures get the right answer'),
    ...shareOf(earlier, 'of pictures of earlier lessons get the right answer'),
  ]
  if (old !== null) {
    const change = old.top1After - old.top1Before
    const as = Math.abs(change) < 0.0005 ? 'as before' : `${percent(old.top1Before)} before`
    found.push(
      figure(
        percent(old.top1After),
        'of pictures of what it knew get the right answer',
        `${as}; ${counted(old.count, 'picture')} tried`,
      ),
    )
  }
  if (leak !== null)
    found.push(
      figure(percent(leak), 'of pictures of what it knew are now taken for something new', 'the fewer, the better'),
    )
  return found
}

function shareOf(perClass, text) {
  const tried = perClass.reduce((sum, { count }) => sum + count, 0)
  const right = perClass.reduce((sum, { count, top1 }) => sum + (count === 0 ? 0 : top1 * count), 0)
  return tried === 0 ? [] : [figure(percent(right / tried), text, `${counted(tried, 'picture')} tried`)]
}

function figure(value, text, rest) {
  return make(
    'li',
    {},
    make('strong', {}, value),
    ' ',
    make('span', {}, text),
    ' ',
    make('span', { class: 'faint' }, rest),
  )
}

function classes(perClass) {
  const lines = perClass.map(({ label, count, top1, confusedWith: [worst] }) => {
    const bar = make('span', { class: 'bar', 'aria-hidden': 'true' })
    const line = make(
      'li',
      {},
      make('span', { class: 'name' }, make('span', { class: 'label' }, label)),
      make('span', { class: 'share' }, `${Math.round(top1 * count)} of ${count} right`),
      bar,
      worst && top1 < 1 && make('span', { class: 'faint wide' }, `else mostly taken for “${worst.label}”`),
    )
    line.style.setProperty('--share', top1)
    return line
  })
  return make('div', {}, make('h3', {}, 'One by one'), make('ul', { class: 'bars even' }, ...lines))
}

function mistakes(lesson, confusions) {
  const lines = confusions.map(({ label, predicted, count, images }) =>
    make(
      'li',
      {},
      make('p', {}, make('b', {}, label), ' taken for ', make('b', {}, predicted), `: ${counted(count, 'picture')}`),
      make('div', { class: 'strip' }, ...photoStrip(lesson, images)),
    ),
  )
  return make('div', {}, make('h3', {}, 'What it mixes up'), make('ul', { class: 'mistakes' }, ...lines))
}

function remarks(warnings) {
  const lines = warnings.map((warning) =>
    make('li', { class: 'notice doubt' }, icon('warn'), make('span', {}, withRemedy(warning))),
  )
  return make('div', {}, make('h3', {}, 'What to think of'), make('ul', { class: 'remarks' }, ...lines))
}
