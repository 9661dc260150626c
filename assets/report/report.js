// Photographs, sorting, the slider and the map of a report. All data is in the page.
const all = (selector, within = document) => [...within.querySelectorAll(selector)]
const one = (selector) => document.querySelector(selector)
const dataOf = (element) => JSON.parse(element.textContent)
/** What is not quite nothing or all does not read so. */
function percent(share) {
  if (share > 0 && share < 0.0005) return '< 0.1 %'
  return share < 1 && share >= 0.9995 ? '> 99.9 %' : `${(100 * share).toFixed(1)} %`
}

// Photographs, by number.
const captions = dataOf(one('#captions'))
const thumbnails = all('script.thumbnails').flatMap(dataOf)
const mostPreviewed = 6
const mostInGallery = 500

/** Small and square, or in its own size and shape. */
function picture(photo, isLarge) {
  const image = document.createElement('img')
  image.alt = captions[photo]
  if (!isLarge) image.width = image.height = 96
  else if (!thumbnails[photo]) image.width = image.height = 192
  return fill(image, photo)
}

function fill(image, photo) {
  if (thumbnails[photo]) image.src = `data:image/webp;base64,${thumbnails[photo]}`
  return image
}

const photosOf = (element) => element.dataset.photos.split(' ').filter(Boolean).map(Number)

// A few photographs beside whatever is pointed at or has the focus.
const preview = one('#preview')
let previewed = null

function showPreview(element) {
  const photos = photosOf(element)
  if (photos.length === 0) return hidePreview()
  previewed = element
  const pictures = document.createElement('div')
  pictures.append(...photos.slice(0, mostPreviewed).map((photo) => picture(photo, false)))
  preview.replaceChildren(pictures, photos.length === 1 ? captions[photos[0]] : element.dataset.title)
  preview.hidden = false
  const box = element.getBoundingClientRect()
  const own = preview.getBoundingClientRect()
  const below = box.bottom + own.height + 12 < innerHeight
  preview.style.top = `${Math.max(4, below ? box.bottom + 8 : box.top - own.height - 8)}px`
  preview.style.left = `${Math.max(4, Math.min(box.left, innerWidth - own.width - 12))}px`
}

function hidePreview() {
  previewed = null
  preview.hidden = true
}

// All of them, with captions, in a window of their own.
const gallery = one('#gallery')

function openGallery(title, photos) {
  hidePreview()
  const items = photos.slice(0, mostInGallery).map((photo) => {
    const item = document.createElement('li')
    item.append(picture(photo, true), captions[photo])
    return item
  })
  const left = photos.length - items.length
  one('#gallery-title').textContent = left > 0 ? `${title} (the first ${items.length} of ${photos.length})` : title
  one('#gallery-photos').replaceChildren(...items)
  gallery.showModal()
}

const shower = ({ target }) => (target instanceof Element ? target.closest('[data-photos]') : null)
const onShower = (act) => (event) => {
  const element = shower(event)
  if (element) act(element)
}
document.addEventListener('mouseover', (event) => (shower(event) ? showPreview(shower(event)) : hidePreview()))
document.addEventListener('focusin', onShower(showPreview))
document.addEventListener('focusout', hidePreview)
// What is pointed at may move along.
const follow = () => (previewed?.matches(':hover, :focus') ? showPreview(previewed) : hidePreview())
document.addEventListener('scroll', follow, { passive: true })
document.addEventListener('keydown', ({ key }) => key === 'Escape' && hidePreview())
document.addEventListener(
  'click',
  onShower((element) => openGallery(element.dataset.title, photosOf(element))),
)
one('#gallery-close').addEventListener('click', () => gallery.close())
for (const image of all('img[data-photo]')) fill(image, image.dataset.photo)

// Tables that a click on a title sorts: numbers from the largest, names from A.
for (const table of all('table.sortable')) {
  all('thead th', table).forEach((title, column) => title.addEventListener('click', () => sort(table, title, column)))
}

function sort(table, title, column) {
  const [body] = table.tBodies
  const isNumber = title.classList.contains('number')
  const first = isNumber ? 'descending' : 'ascending'
  const second = isNumber ? 'ascending' : 'descending'
  const order = title.getAttribute('aria-sort') === first ? second : first
  for (const other of all('thead th', table)) other.removeAttribute('aria-sort')
  title.setAttribute('aria-sort', order)
  const sign = order === 'ascending' ? 1 : -1
  const key = (row) => row.cells[column].dataset.value
  const compare = (a, b) => {
    if (key(a) === '' || key(b) === '') return Number(key(a) === '') - Number(key(b) === '')
    return sign * (isNumber ? key(a) - key(b) : key(a).localeCompare(key(b)))
  }
  body.append(...[...body.rows].sort(compare))
}

// The threshold below which an answer is not trusted.
const slider = one('#threshold')
if (slider) {
  const { probability, right, photo } = dataOf(one('#answers'))
  slider.addEventListener('input', () => trust(Number(slider.value) / 100))
  trust(Number(slider.value) / 100)

  function trust(threshold) {
    const rejected = probability.flatMap((value, i) => (value < threshold ? [i] : []))
    const wrong = right.filter((isRight) => !isRight).length
    const wrongRejected = rejected.filter((i) => !right[i]).length
    const kept = right.length - rejected.length
    const say = (name, text) => (one(`#${name}`).textContent = text)
    say('threshold-value', percent(threshold))
    say('rejected', `${rejected.length} of ${right.length} (${percent(rejected.length / right.length)})`)
    say('rejected-wrong', `${wrongRejected} of ${wrong}`)
    say('rejected-right', `${rejected.length - wrongRejected} of ${right.length - wrong}`)
    say('kept-right', kept === 0 ? 'none is kept' : percent((kept - wrong + wrongRejected) / kept))
    const surestLast = rejected.sort((a, b) => probability[a] - probability[b])
    const photos = surestLast.map((i) => photo[i]).filter((number) => number !== null)
    const button = one('#rejected-photos')
    button.disabled = photos.length === 0
    button.dataset.title = `Below ${percent(threshold)}: ${rejected.length}`
    button.dataset.photos = photos.join(' ')
    moveMarker('.marker-coverage line', kept / right.length)
    moveMarker('.marker-threshold line', threshold)
  }
}

/** Moves a line, drawn where its axis has 1. */
function moveMarker(selector, value) {
  for (const line of all(selector)) line.setAttribute('transform', `translate(${(value - 1) * line.dataset.span},0)`)
}

// The map by keyboard: arrows go from photograph to photograph, Enter opens.
for (const map of all('svg.map')) {
  const points = all('circle[data-photos]', map)
  let chosen = -1
  map.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    const point = points[chosen]
    if (event.key === 'Enter' && point) openGallery(point.dataset.title, photosOf(point))
    if (!step || points.length === 0) return
    event.preventDefault()
    point?.classList.remove('chosen')
    chosen = (Math.max(chosen, step > 0 ? chosen : 0) + step + points.length) % points.length
    points[chosen].classList.add('chosen')
    showPreview(points[chosen])
    one('#spoken').textContent = points[chosen].dataset.title
  })
}
