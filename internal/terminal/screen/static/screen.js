// Keys, calm pages, the clock and the audio hook of the voter's screens. All of it
// is a help: without it every screen works with touch alone.
'use strict'
const html = document.documentElement
const scroller = () => document.querySelector('.scroll')
const targets = () => [...document.querySelectorAll('button:not(.default), a[href], input[type=text]')].filter(e => e.offsetParent && !e.closest('[hidden]'))
let busy = false

// go shows the page in the answer, without a flash and where the voter was.
async function go(ask) {
  if (busy) return // a second press while the first is on its way does nothing
  busy = true
  try {
    const answer = await ask
    if (!(answer.headers.get('content-type') || '').startsWith('text/html')) throw new Error('no page')
    show(new DOMParser().parseFromString(await answer.text(), 'text/html'))
  } catch {
    setTimeout(() => location.reload(), 1000)
  } finally {
    busy = false
  }
}

function show(page) {
  const place = html.dataset.place, top = scroller() ? scroller().scrollTop : 0
  for (const { name, value } of page.documentElement.attributes) html.setAttribute(name, value)
  document.title = page.title
  document.body.replaceWith(page.body)
  const notice = document.querySelector('.scroll [role=alert]') // is to be seen
  if (scroller() && html.dataset.place === place && !notice) scroller().scrollTop = top
  begin(html.dataset.place !== place)
}

function begin(fresh) {
  const last = document.querySelector(`button:not(.default)[value="${CSS.escape(html.dataset.focus || '')}"]`)
  if (last && !fresh) focus(last)
  const field = document.querySelector('input[type=text]')
  if (field && html.dataset.focus === 'query') {
    const found = document.querySelector('.names')
    if (found) found.scrollIntoView()
    else { field.focus(); field.setSelectionRange(field.value.length, field.value.length) }
  }
  const reader = document.getElementById('card')
  if (reader) reader.focus()
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

document.addEventListener('submit', e => {
  if ('plain' in e.target.dataset) { // it may lead to another address
    if (busy) e.preventDefault()
    busy = true
    return
  }
  e.preventDefault()
  const by = e.submitter
  if (by && trembles(by.value)) return
  const body = new URLSearchParams(new FormData(e.target))
  if (by && by.name) body.set(by.name, by.value)
  if (!busy) go(fetch(e.target.action, { method: 'POST', body }))
})
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
    if (!answer.ok) throw new Error('over')
    const now = await answer.json()
    silent = 0
    if (String(now.turn) !== html.dataset.turn || String(now.phase) !== html.dataset.phase) await go(fetch('./'))
    if (now.over && html.dataset.over !== 'true') await go(fetch('./'))
  } catch {
    if (++silent > 2) { location.href = html.dataset.home; return } // the session's process is gone
    await new Promise(r => setTimeout(r, 1000))
  }
  if (html.dataset.over === 'true') {
    setTimeout(() => { location.href = html.dataset.home }, Number(html.dataset.stay) * 1000)
    return
  }
  watch()
}
begin(true)
watch()
