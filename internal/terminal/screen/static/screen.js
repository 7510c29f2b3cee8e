// Keys, calm pages, the clock and the audio hook of the voter's screens. All of it
// is a help: without it every screen works with touch alone.
'use strict'
const html = document.documentElement
const scroller = () => document.querySelector('.scroll')
const targets = () => [...document.querySelectorAll('button:not(.default), a[href], input[type=text]')].filter(e => e.offsetParent && !e.closest('[hidden]'))
const button = value => document.querySelector(`button:not(.default)[value="${CSS.escape(value || '')}"]`)
const sleep = ms => new Promise(done => setTimeout(done, ms))
let busy = false // an act of the voter is on its way, or the page is being left
let acts = 0 // how many there were
let waiting = [] // the keys of a pad that were pressed meanwhile

// page reads the page in an answer. There is none of a session that is over.
async function page(answer) {
  if (answer.status === 410) return leave()
  if (!(answer.headers.get('content-type') || '').startsWith('text/html')) throw new Error('no page')
  return new DOMParser().parseFromString(await answer.text(), 'text/html')
}

// leave goes to the device's own page; nothing is done on this one any more.
function leave() {
  busy = true
  location.replace(html.dataset.home)
}

// act sends what was pressed and shows the page in the answer, without a flash and
// where the voter was. A second press meanwhile does nothing, but for the keys of
// a pad: these wait, as long as the voter is in the same place.
async function act(address, body) {
  const place = html.dataset.place
  busy = true
  acts++
  try {
    const answer = await fetch(address, { method: 'POST', body })
    const next = await page(answer)
    if (!next) return
    await held
    show(next, next.documentElement.dataset.focus)
    if (!answer.ok || html.dataset.place !== place) waiting = []
  } catch {
    waiting = []
    setTimeout(() => location.reload(), 1000)
    return
  }
  busy = false
  const key = button(waiting.shift())
  if (key) key.click()
  else waiting = []
}

// refresh shows the present page, unless the voter acts meanwhile: then the answer
// to that is the present one.
async function refresh() {
  const before = acts
  const next = await page(await fetch('./'))
  await held
  if (next && !busy && acts === before) show(next, (document.activeElement || {}).value)
}

// held ends when the finger is lifted and its click has come: until then nothing is
// taken from under it.
let held = Promise.resolve(), lift = () => {}
addEventListener('pointerdown', () => {
  lift()
  held = new Promise(done => { lift = done; setTimeout(done, 1000) })
}, true)
for (const name of ['pointerup', 'pointercancel']) addEventListener(name, () => { setTimeout(lift, 50) }, true)

// show puts a page in the place of the one that is there. What is typed of a card
// stays, and so does the focus, on the button of that value.
function show(page, at) {
  const place = html.dataset.place, top = scroller() ? scroller().scrollTop : 0, card = document.getElementById('card')
  for (const { name, value } of page.documentElement.attributes) html.setAttribute(name, value)
  document.title = page.title
  document.body.replaceWith(page.body)
  const notice = document.querySelector('.scroll [role=alert]') // is to be seen
  if (scroller() && html.dataset.place === place && !notice) scroller().scrollTop = top
  const field = document.getElementById('card')
  if (card && field) field.value = card.value
  begin(html.dataset.place !== place, at)
}

function begin(fresh, at) {
  const last = button(at)
  if (last && !fresh) focus(last)
  const field = document.querySelector('input[type=text]')
  if (field && html.dataset.focus === 'query') {
    const found = document.querySelector('.names')
    if (found) found.scrollIntoView()
    else { field.focus(); field.setSelectionRange(field.value.length, field.value.length) }
  }
  const reader = document.getElementById('card')
  if (reader) reader.focus()
  // In large text what was asked for would lie below the screen.
  const tabs = document.querySelector('.tabs')
  if (fresh && tabs && html.dataset.size > 1 && /^(tab|letter|list|page)/.test(at)) tabs.scrollIntoView()
  more()
  if (fresh) say(document.querySelector('.scroll'))
}

function focus(e) {
  e.focus({ preventScroll: true })
  e.scrollIntoView({ block: 'nearest' })
}

// more shows the button that scrolls, while there is something below.
function more() {
  const s = scroller(), button = document.getElementById('more')
  if (!s || !button) return
  button.hidden = s.scrollHeight - s.scrollTop - s.clientHeight < 9
  const at = document.activeElement
  if (at && s.contains(at)) at.scrollIntoView({ block: 'nearest' })
}

// say is the hook for audio: whoever plays clips listens for the event.
function say(e) {
  if (!e) return
  const clips = [...(e.matches('[data-clip]') ? [e] : []), ...e.querySelectorAll('[data-clip]')].filter(c => !c.querySelector('[data-clip]'))
  window.dispatchEvent(new CustomEvent('clips', { detail: clips.map(c => ({ clip: c.dataset.clip, with: c.dataset.with || '', text: c.textContent })) }))
}

function move(by) {
  const all = targets(), at = all.indexOf(document.activeElement)
  if (all.length) focus(all[(at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length)])
}

function nav(which) {
  const e = document.querySelector(`[data-nav=${which}]`)
  if (e) e.click()
}

// Five keys: up, down, left, right and Enter. Two switches: Tab and Enter. In a
// language from right to left, left is next.
document.addEventListener('keydown', e => {
  if (e.ctrlKey || e.altKey || e.metaKey) return
  const next = html.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight'
  const inField = document.activeElement && document.activeElement.matches('input')
  switch (e.key) {
    case 'ArrowDown': move(1); break
    case 'ArrowUp': move(-1); break
    case 'Tab': if (!e.repeat) move(e.shiftKey ? -1 : 1); break
    case 'ArrowLeft': case 'ArrowRight':
      if (inField) return
      if (!e.repeat) nav(e.key === next ? 'next' : 'back')
      break
    case 'Enter': case ' ':
      if (!e.repeat && (e.key === 'Enter' || !inField)) return // as the browser does it, once
      if (inField && e.key === ' ') return
      break
    default: {
      const reader = document.getElementById('card') // a card reader types wherever the focus is
      if (reader && e.key.length === 1) reader.focus()
      return
    }
  }
  e.preventDefault()
})

// A second press of the same button right after the first is a hand that trembles,
// but for keys that are pressed twice on purpose.
let pressed = '', pressedAt = 0
function trembles(value) {
  const again = value === pressed && Date.now() - pressedAt < 700 && !/^(digit|key|rub|page)/.test(value)
  if (!again) { pressed = value; pressedAt = Date.now() }
  return again
}

// types does what a key of the pad of cards does, here: it is not told to anybody.
// After a minute what was typed goes: whoever typed it has gone.
let forgets
function types(key) {
  const field = document.getElementById('card')
  if (!field || !key || !/^(digit|rub)/.test(key.value)) return false
  if (key.value === 'rub') field.value = [...field.value].slice(0, -1).join('')
  else if (field.value.length < field.maxLength) field.value += key.textContent
  keep()
  return true
}
function keep() {
  clearTimeout(forgets)
  forgets = setTimeout(() => {
    const field = document.getElementById('card')
    if (field && !busy) field.value = ''
  }, 60000)
}
document.addEventListener('input', e => { if (e.target.id === 'card') keep() })

document.addEventListener('submit', e => {
  const by = e.submitter, form = e.target
  if ('plain' in form.dataset) { // it may lead to another address
    if (busy || types(by)) e.preventDefault()
    else busy = true
    return
  }
  e.preventDefault()
  if (busy) {
    if (by && /^(digit|key|rub)/.test(by.value)) waiting.push(by.value)
    return
  }
  if (by && trembles(by.value)) return
  const body = new URLSearchParams(new FormData(form))
  if (by && by.name) body.set(by.name, by.value)
  act(form.action, body)
})
addEventListener('pageshow', e => { if (e.persisted) location.reload() }) // it may be of a session that is over
document.addEventListener('click', e => {
  if (e.target.closest('#more')) {
    const s = scroller()
    s.scrollBy({ top: s.clientHeight * 0.8 })
  }
})
document.addEventListener('focusin', e => say(e.target))
document.addEventListener('scroll', () => { more(); awake() }, true)
for (const name of ['contextmenu', 'dragstart']) document.addEventListener(name, e => e.preventDefault())
addEventListener('resize', more)

// A sign of the voter that is no act keeps the clock from running out.
let told = Date.now()
function awake() {
  if (Date.now() - told < 5000) return
  told = Date.now()
  fetch('awake', { method: 'POST' }).catch(() => {})
}
document.addEventListener('pointerdown', awake)
document.addEventListener('keydown', awake)

// The machine's side: what it does, and what the clock says, changes the page.
let silent = 0
async function watch() {
  if (!html.dataset.turn) return
  try {
    const answer = await fetch('turn?turn=' + html.dataset.turn + '&phase=' + html.dataset.phase, { signal: AbortSignal.timeout(15000) })
    if (answer.status === 410) return leave()
    if (!answer.ok) throw new Error('over')
    const now = await answer.json()
    while (busy) await sleep(50) // the answer to the act may be what is new
    if (String(now.turn) !== html.dataset.turn || String(now.phase) !== html.dataset.phase || now.over && html.dataset.over !== 'true') await refresh()
    silent = 0
  } catch {
    if (++silent > 2) return leave() // the session's process is gone
    await sleep(1000)
  }
  if (html.dataset.over === 'true') {
    await sleep(Number(html.dataset.stay) * 1000)
    return leave()
  }
  watch()
}
begin(true)
watch()
