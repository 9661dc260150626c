import { button, make } from './dom.js'
import { picturesIn } from './pictures/dropped.js'
import { Session } from './session.js'
import { folderView } from './views/folder-view.js'
import { lookView } from './views/look-view.js'
import { counted, messageOf } from './words.js'

const at = (id) => document.getElementById(id)

/**
 * @param {import('./session.js').Classifier} classifier
 * @param teachView what makes the view for teaching, where the classifier can be taught
 */
export async function startPage(classifier, teachView) {
  const session = new Session(classifier)
  const privacy = (view) => (at('privacy').textContent = view?.privacy ?? classifier.privacy)
  privacy()
  try {
    await session.load(new URLSearchParams(location.search).get('model') ?? undefined)
  } catch (error) {
    return showFailure(error, () => startPage(classifier, teachView))
  }
  at('notice').hidden = true
  const views = {
    look: { title: 'Pictures', ...lookView(session, at('look')) },
    folder: { title: 'Folder', ...folderView(session, at('folder')) },
  }
  const canTeach = teachView !== undefined && session.models.some(({ teachable }) => teachable)
  if (canTeach) views.teach = { title: 'Teach', ...teachView(session, at('teach')) }
  chooseModels(session)
  const current = chooseViews(views, privacy)
  takeFiles(views, current)
}

function showFailure(error, again) {
  const retry = button('Try again', () => {
    at('notice').className = 'notice'
    at('notice').textContent = 'Getting ready …'
    void again()
  })
  at('notice').className = 'notice bad'
  at('notice').replaceChildren(messageOf(error), ' ', retry)
}

/** The line that says what is known, and the list of classifiers where there are several. */
function chooseModels(session) {
  const chooser = at('models').querySelector('select')
  const update = () => {
    const { classes, name } = session.model
    const own = classes.added === 0 ? '' : `, ${classes.added.toLocaleString('en')} of them taught here`
    at('knows').textContent = `It knows ${counted(classes.total, 'thing')}${own}.`
    at('models').hidden = session.models.length < 2
    chooser.replaceChildren(...session.models.map((one) => make('option', { value: one.name }, one.name)))
    chooser.value = name
  }
  update()
  session.addEventListener('change', update)
  chooser.addEventListener('change', () => session.load(chooser.value).catch(showFailureOnce))
}

function showFailureOnce(error) {
  at('notice').hidden = false
  showFailure(error, () => location.reload())
}

/** Links to the views; the address names the one that is shown. Returns what gives the current one. */
function chooseViews(views, onShow) {
  const links = Object.entries(views).map(([id, { title }]) => make('a', { href: `#${id}` }, title))
  at('views').replaceChildren(...links)
  at('views').hidden = false
  let shown
  const show = (name) => {
    shown = name
    for (const [i, id] of Object.keys(views).entries()) {
      at(id).hidden = id !== shown
      if (id === shown) links[i].setAttribute('aria-current', 'page')
      else links[i].removeAttribute('aria-current')
      if (id !== shown) views[id].leave?.()
    }
    onShow(views[shown])
    views[shown].enter?.()
  }
  const named = () => location.hash.slice(1) || 'look'
  // Any other address leads to a place within the view.
  addEventListener('hashchange', () => Object.hasOwn(views, named()) && show(named()))
  show(Object.hasOwn(views, named()) ? named() : 'look')
  return () => views[shown]
}

/** What is dropped or pasted anywhere on the page goes to the view that is shown. */
function takeFiles(views, current) {
  let inside = 0
  const over = (count) => document.body.classList.toggle('over', (inside = Math.max(0, count)) > 0)
  const hasFiles = ({ dataTransfer }) => dataTransfer?.types.includes('Files')
  addEventListener('dragenter', (event) => hasFiles(event) && over(inside + 1))
  addEventListener('dragleave', (event) => hasFiles(event) && over(inside - 1))
  addEventListener('dragover', (event) => event.preventDefault())
  addEventListener('drop', async (event) => {
    event.preventDefault()
    over(0)
    const { target } = event
    const { files, folder } = await picturesIn(event.dataTransfer)
    if (files.length === 0) return
    if (folder && !current().takesFolders) {
      location.hash = '#folder'
      views.folder.take(files)
    } else current().take(files, target)
  })
  addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    current().take(files, event.target)
  })
}
