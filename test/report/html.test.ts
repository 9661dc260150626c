import { expect, test } from '@jest/globals'
import { html, scriptData } from '../../src/report/html.js'
import { hereTheyAre, photosButton, showOthers, unseenNote } from '../../src/report/photo-strip.js'
import { Photographs } from '../../src/report/photographs.js'
import { percent, signed, table } from '../../src/report/table.js'
import { hostile } from './records.js'

test('escapes what is put in, as content and as the value of an attribute, and leaves markup alone', () => {
  expect(html`<b title="${hostile}">${[hostile, html`<i>${1}</i>`, null, false]}</b>`.text).toBe(
    `<b title="&lt;/script&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;">` +
      `&lt;/script&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;<i>1</i></b>`,
  )
})

test('shows no control character, and none that turns the direction of writing', () => {
  expect(html`${'a\u0000b\u001bc\u202egpj.exe'}`.text).toBe('a\ufffdb\ufffdc\ufffdgpj.exe')
})

test('nor does a caption, which the script of the page shows', async () => {
  const photographs = new Photographs()
  const photo = photographs.add('a.jpg', 'a\u202egpj.exe: rose\u2066')
  expect(photographs.caption(photo)).toBe('a\ufffdgpj.exe: rose\ufffd')
  const { value } = await photographs.elements(undefined, () => undefined).next()
  expect(value!.text).toContain('["a\ufffdgpj.exe: rose\ufffd"]')
})

test('data for the script is JSON that cannot end its element', () => {
  const value = [hostile, '<!--', '\u2028', 'ü']
  const { text } = scriptData(html`id="x"`, value)
  const inner = /^<script[^>]*>([^]*)<\/script>$/.exec(text.trim())![1]!
  expect(inner).not.toMatch(/[<>&\u2028]/)
  expect(JSON.parse(inner)).toEqual(value)
})

test('shares are whole per cents, but where these would say all or nothing', () => {
  const shown = [0, 0.0001, 0.004, 0.01, 0.013, 0.5, 0.985, 0.995, 0.99996, 1].map((share) =>
    percent(share).replace('\u00a0', ' '),
  )
  expect(shown).toEqual(['0 %', '< 0.1 %', '0.4 %', '1 %', '1.3 %', '50 %', '98.5 %', '99.5 %', '> 99.9 %', '100 %'])
})

test('a difference has its sign, but where it reads as none', () => {
  expect([0.021, -0.003, 0.0004, -0.0004, 0].map(signed)).toEqual(['+2.1', '−0.3', '0.0', '0.0', '0.0'])
})

test('a table sorts by values, whatever it shows', () => {
  const { text } = table(
    'Things',
    [
      { title: 'Name', value: ({ name }) => name },
      { title: 'Share', value: ({ share }) => share, show: ({ share }) => percent(share) },
    ],
    [{ name: hostile, share: 0.25 }],
    true,
  )
  expect(text).toMatch(/<td [^>]*class="number"[^>]* data-value="0.25"\s*>\s*25\u00a0%\s*<\/td>/)
  expect(text).not.toContain('<img')
})

test('what names the rows of a table stands to the left, also where it is a number', () => {
  const { text } = table(
    'Rates',
    [
      { title: 'Rate', value: (rate) => rate },
      { title: 'Twice', value: (rate) => 2 * rate },
    ],
    [0.5],
  )
  expect(text).toMatch(/<th scope="col" [^>]*class="text"[^>]*>Rate</)
  expect(text).toMatch(/<th scope="col" [^>]*class="number"[^>]*>Twice</)
})

test('what has no photographs to show is no button, and images without one are counted', () => {
  expect(photosButton(7, [], 'roses: answered wrongly').text).toBe('7')
  expect(photosButton(7, [3, 4], 'roses: answered wrongly').text).toContain('data-photos="3 4"')
  const notes = [
    [7, 0],
    [7, 5],
    [7, 7],
    [1, 0],
  ].map(([images, shown]) => html`${unseenNote(images!, shown!)}`.text.replace(/<[^>]*>/g, ''))
  expect(notes).toEqual([
    '(only features are kept of them)',
    '(of 2, only features are kept)',
    '',
    '(only features are kept of it)',
  ])
})

test('one photograph is spoken of as one', () => {
  expect([hereTheyAre(1), hereTheyAre(2)]).toEqual(['Here it is', 'Here they are'])
  expect([showOthers(1), showOthers(3)]).toEqual(['Show the other one', 'Show the other 3'])
  expect([showOthers(1, 'group'), showOthers(3, 'group')]).toEqual(['Show the other group', 'Show the other 3 groups'])
})
