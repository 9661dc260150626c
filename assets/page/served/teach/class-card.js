// One class of a lesson: its name, its pictures, and where more come in.
import { make, signButton } from '../../dom.js'
import { intake } from '../../pictures/intake.js'
import { counted, listed } from '../../words.js'
import { lessonPhoto } from './lesson-photo.js'

/** With fewer pictures, many mistakes are to be expected. */
export const fewPictures = 5
const goodNumber = 20
/** Names in a message. */
const mostNames = 3

/**
 * @param {import('./lesson.js').Lesson} lesson
 * @param {import('./lesson.js').TaughtClass} of
 * @param {import('../../session.js').Session} session
 */
export function classCard(lesson, of, session, onTouch) {
  let typing // waits for a pause
  const send = () => {
    clearTimeout(typing)
    lesson.sendName(of)
  }
  const name = make('input', {
    value: of.name,
    placeholder: 'Such as: my red mug',
    maxlength: '100',
    autocomplete: 'off',
    enterkeyhint: 'done',
    onchange: send,
    oninput: () => {
      lesson.rename(of, name.value.trim().normalize('NFC'))
      clearTimeout(typing)
      typing = setTimeout(send, 500)
    },
    onkeydown: (event) => event.key === 'Enter' && name.blur(),
  })
  const note = make('p', { class: 'faint note' })
  const trouble = make('p', { class: 'notice bad', role: 'alert' })
  const count = make('p', { class: 'faint', role: 'status' })
  const photos = make('ul', { class: 'strip' })
  const shown = new Map() // list items by picture
  const take = (files) => lesson.add(of, files)
  const { panel, close } = intake(take, { holds: true, compact: true, title: 'Drop its pictures here', hint: '' })
  const element = make(
    'article',
    { class: 'card class', onfocusin: onTouch, onpointerdown: onTouch },
    make(
      'div',
      { class: 'row top-row' },
      make('label', { class: 'field grow' }, 'What is it?', name),
      signButton('Remove this thing', 'close', () => {
        close()
        lesson.removeClass(of)
      }),
    ),
    note,
    panel,
    trouble,
    count,
    photos,
  )

  function item(picture) {
    const remove = signButton(`Remove ${picture.name}`, 'close', () => lesson.remove(picture))
    return make('li', {}, lessonPhoto(lesson, picture), remove)
  }

  function update() {
    for (const [picture, line] of shown) {
      if (of.pictures.includes(picture)) continue
      line.remove()
      shown.delete(picture)
    }
    for (const picture of of.pictures) {
      if (!shown.has(picture)) photos.append(shown.set(picture, item(picture)).get(picture))
      shown.get(picture).classList.toggle('sending', picture.image === undefined && picture.fault === undefined)
      shown.get(picture).classList.toggle('failed', picture.fault !== undefined)
    }
    const usable = lesson.usable(of).length
    count.textContent = usable === 0 ? '' : `${counted(usable, 'picture')}. ${hintFor(usable)}`
    trouble.textContent = troubleOf(of.pictures)
    trouble.hidden = trouble.textContent === ''
    note.textContent = of.name === '' && of.pictures.length > 0 ? 'Give it a name first.' : noteOn(of.name, session)
    note.hidden = note.textContent === ''
    element.setAttribute('aria-label', of.name || 'A thing without a name')
  }
  update()
  return { element, of, take, update, close, focus: () => name.focus() }
}

/** Which pictures are left out or not sent yet, and why. */
function troubleOf(pictures) {
  const faults = new Map(pictures.flatMap(({ fault }) => (fault === undefined ? [] : [[fault.message, fault]])))
  const failed = (message) => pictures.filter(({ fault }) => fault?.message === message)
  return [...faults.values()]
    .map(({ message, mend }) => {
      const what = mend === 'time' ? 'Not sent yet' : 'Left out'
      return `${what}: ${namesOf(failed(message))}. ${message}`
    })
    .join(' ')
}

function namesOf(pictures) {
  const names = pictures.slice(0, mostNames).map(({ name }) => `“${name}”`)
  const rest = pictures.length - names.length
  return listed(rest === 0 ? names : [...names, `${rest} more`])
}

function hintFor(count) {
  if (count < fewPictures) return `At least ${fewPictures} are needed for good answers; ${goodNumber} are better.`
  return count < goodNumber ? `Good; with ${goodNumber} different ones it gets surer.` : 'Plenty.'
}

/** What it means that a name is known already. */
function noteOn(name, { labels }) {
  const known = knownAs(name, labels)
  if (known === undefined || known.increment === 'base') return ''
  return `It was taught “${known.label}” before: these pictures are added to those.`
}

/** The class that has this name already. */
export function knownAs(name, labels) {
  const wanted = name.toLowerCase()
  return wanted === '' ? undefined : labels.find(({ label }) => label.toLowerCase() === wanted)
}
