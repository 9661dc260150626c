// What the service says of the pictures, with the pictures it means and what can be done about each.
import { button, make, signButton } from '../../dom.js'
import { counted, percent, withRemedy } from '../../words.js'
import { lessonPhoto } from './lesson-photo.js'

/** Pictures shown of one remark. */
const most = 12
/** Remarks shown at once, the weightiest first. */
const mostSteps = 4

/**
 * @param {import('./lesson.js').Lesson} lesson
 * @param {boolean} isFirst whether nothing was taught before
 */
export function adviceCard(lesson, { advice, expected, mislabelled = [] }, isFirst, close) {
  const steps = advice.map((step) => stepOf(lesson, step, mislabelled))
  return make(
    'div',
    { class: 'card advice' },
    make(
      'div',
      { class: 'row between' },
      make('h3', {}, 'What to think of before'),
      signButton('Close', 'close', close),
    ),
    expected && make('p', {}, expectation(expected, isFirst)),
    make('ol', { class: 'steps' }, ...steps.slice(0, mostSteps)),
    steps.length > mostSteps &&
      make(
        'details',
        {},
        make('summary', {}, counted(steps.length - mostSteps, 'more remark')),
        make('ol', { class: 'steps', start: mostSteps + 1 }, ...steps.slice(mostSteps)),
      ),
  )
}

/** The estimate is of everything that was taught, in earlier lessons too. */
function expectation({ top1, low, high }, isFirst) {
  const things = isFirst ? 'these things' : 'all that it was taught, now and before'
  return `Of other pictures of ${things}, it is likely to get ${percent(top1)} right (between ${percent(low)} and ${percent(high)}).`
}

function stepOf(lesson, { kind, message, remedy, files }, mislabelled) {
  const pictures = files.map((image) => lesson.pictureOf(image)).filter((picture) => picture !== undefined)
  const suggestions = new Map(kind === 'labels' ? mislabelled.map(({ file, suggested }) => [file, suggested]) : [])
  const items = pictures.slice(0, most).map((picture) => itemOf(lesson, picture, suggestions.get(picture.image)))
  return make('li', {}, make('p', {}, withRemedy({ message, remedy })), items.length > 0 && make('ul', { class: 'strip' }, ...items))
}

function itemOf(lesson, picture, suggested) {
  const to = lesson.classes.find(({ name }) => name === suggested)
  const drop = (work) => () => {
    work()
    item.remove()
  }
  const item = make(
    'li',
    {},
    lessonPhoto(lesson, picture),
    signButton(
      `Remove ${picture.name}`,
      'close',
      drop(() => lesson.remove(picture)),
    ),
    to &&
      button(
        `Move to ${suggested}`,
        drop(() => lesson.move(picture, to)),
        { kind: 'small' },
      ),
  )
  return item
}
