// A whole folder: progress, a table that can be sorted, and the table as a download.
import { button, download, make, say } from '../dom.js'
import { looksLikePicture, pathOf } from '../pictures/dropped.js'
import { fileInput } from '../pictures/intake.js'
import { counted, lasting, messageOf } from '../words.js'
import { csv } from './csv.js'
import { classifyAll, linesOf } from './folder-run.js'
import { resultTable } from './result-table.js'

/** @param {import('../session.js').Session} session */
export function folderView(session, section) {
  const folderInput = fileInput({ webkitdirectory: true, multiple: true }, take)
  const filesInput = fileInput({ accept: 'image/*', multiple: true }, take)
  const start = make(
    'div',
    { class: 'intake' },
    make('p', { class: 'title' }, 'Drop a folder here'),
    make(
      'div',
      { class: 'row' },
      button('Choose a folder', () => folderInput.click(), { kind: 'main', sign: 'folder' }),
      button('Choose many pictures', () => filesInput.click(), { sign: 'picture' }),
      folderInput,
      filesInput,
    ),
    make('p', { class: 'faint hint' }, 'Every picture in it gets a line in a table, which you can download.'),
  )
  const status = make('p', { role: 'status' })
  const bar = make('progress', { 'aria-label': 'Pictures looked at', max: 1, value: 0 })
  const stopButton = button('Stop', () => stop?.abort(), { sign: 'close' })
  const save = button('Download the table', saveTable, { sign: 'download', kind: 'main' })
  const working = make(
    'div',
    { class: 'card working', hidden: true },
    status,
    bar,
    make('div', { class: 'row' }, stopButton, save),
  )
  const table = resultTable(session)
  section.append(start, working, table.element)
  let rows = []
  let stop

  async function take(given) {
    stop?.abort()
    const own = (stop = new AbortController())
    // Browsers give the files of a folder in any order; two tables of it should have the same one.
    const files = given.filter(looksLikePicture).sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1))
    const left = given.length - files.length
    const others = left === 0 ? '' : ` ${counted(left, 'other file')} left out.`
    working.hidden = false
    table.clear()
    rows = []
    save.hidden = true
    if (files.length === 0) {
      bar.hidden = stopButton.hidden = true
      status.textContent = `There are no pictures in it.${others}`
      return
    }
    bar.hidden = stopButton.hidden = false
    bar.max = files.length
    bar.value = 0
    status.textContent = `0 of ${counted(files.length, 'picture')}`
    const began = performance.now()
    const onRow = (row) => {
      if (own !== stop) return
      rows.push(row)
      table.add(row)
      bar.value = rows.length
      const rest = ((performance.now() - began) / 1000 / rows.length) * (files.length - rows.length)
      const time = rows.length < 5 ? '' : `, about ${lasting(rest)} left`
      status.textContent = `${rows.length.toLocaleString('en')} of ${counted(files.length, 'picture')}${time}`
    }
    let failure = ''
    try {
      await classifyAll(session, files, onRow, own.signal)
    } catch (error) {
      failure = ` ${messageOf(error)}`
    }
    if (own !== stop) return
    const failed = rows.filter(({ error }) => error !== undefined).length
    const have = failed === 1 ? 'has' : 'have'
    const unanswered = failed === 0 ? '' : ` ${counted(failed, 'picture')} ${have} no answer; the table says why.`
    const done =
      rows.length === files.length ? counted(rows.length, 'picture') : `Stopped after ${rows.length} of ${files.length}`
    status.textContent = `${done}${done.endsWith('.') ? '' : '.'}${failure}${unanswered}${others}`
    stopButton.hidden = true
    bar.hidden = rows.length === files.length
    save.hidden = rows.length === 0
    table.finish()
    say(status.textContent)
  }

  function saveTable() {
    // Spreadsheets take a file for UTF-8 where it begins with this mark.
    download(new Blob(['\ufeff', csv(linesOf(table.sorted()))], { type: 'text/csv' }), 'answers.csv')
  }
  return { take, takesFolders: true }
}
