'use strict'
// Answers the forms of this page with the verifier, which runs in a worker. Texts
// from the record are only ever set as text.
const given = JSON.parse(document.getElementById('given').textContent)
const form = document.querySelector('form.ask')
const box = document.getElementById('answer')
// What is put into a sentence is kept apart from its direction (U+2068, U+2069).
const say = (key, ...args) => args.reduce((s, a, i) => s.replaceAll('%' + (i + 1), '\u2068' + a + '\u2069'), given.words[key] ?? key)
const digits = n => given.lang === 'fa' ? n.toLocaleString('fa-IR') : n.toLocaleString('en')
const name = n => (given.lang === 'en' && n.en) || n.fa || n.en
const marks = { good: '✓', bad: '✗', open: '?', wait: '·' }

function el(tag, text, attributes) {
  const e = document.createElement(tag)
  if (text !== undefined) e.textContent = text
  for (const k in attributes) e.setAttribute(k, attributes[k])
  return e
}

function list(items, tag = 'ul') {
  const e = el(tag)
  for (const i of items) e.append(typeof i === 'string' ? el('li', i) : i)
  return e
}

function show(kind, title, ...rest) {
  const e = el('div', undefined, { class: 'answer ' + kind })
  e.append(el('h2', marks[kind] + ' ' + title))
  for (const r of rest) if (r) e.append(typeof r === 'string' ? el('p', r) : r)
  box.replaceChildren(e)
  return e
}

// put puts a question to the nth verifier; each runs in a worker of its own.
const workers = []
let compiled
function put(nth, question, tell) {
  return new Promise((resolve, reject) => {
    const worker = workers[nth] ||= new Worker(given.worker)
    worker.onerror = e => { workers[nth] = undefined; reject(new Error(e.message || 'worker')) }
    worker.onmessage = ({ data }) => {
      if (data.compiled) compiled = data.compiled
      else if (data.failed) reject(new Error(data.failed))
      else if (!data.answer) tell(data)
      else if (data.answer.error) reject(new Error(data.answer.error))
      else resolve(data.answer)
    }
    worker.postMessage({ script: given.script, wasm: given.wasm, compiled, question: {
      record: new URL(given.record, location).href.replace(/\/$/, ''), table: location.origin, election: given.election, ...question } })
  })
}

// ask puts a question and shows how far it has come. Many ballots are divided among
// the processors: each verifier checks a share of the proofs, and the first one then
// judges the whole, with what the others found to hold.
async function ask(question, ballots = 0) {
  const progress = el('p', say('starting'))
  const counts = el('ul')
  const sharing = el('p')
  show('open', say('working'), el('progress', '', { 'aria-label': say('working') }), progress, sharing, counts)
  const rows = {}
  const tell = ({ loaded, told }) => {
    if (loaded) progress.textContent = say('loading', digits(Math.ceil(loaded / 1024)), digits(Math.ceil(given.bytes / 1024)))
    if (!told) return
    progress.textContent = say('fetched', digits(Math.ceil(told.bytes / 1024)))
    const row = rows[told.check] ||= counts.appendChild(el('li'))
    row.textContent = told.check + ' ' + (given.checks[told.check] ?? '') + ': ' + digits(told.looked)
  }
  const shares = Math.min(4, navigator.hardwareConcurrency || 1, Math.floor(ballots / 32))
  if (shares < 2) return put(0, question, tell)
  await put(0, { ask: 'start' }, tell)
  sharing.textContent = say('sharing', digits(shares))
  const found = await Promise.allSettled(Array.from({ length: shares }, (_, share) => put(share, { ...question, ask: 'share', share, shares }, share ? () => {} : tell)))
  for (const done of workers.splice(1)) done?.terminate()
  sharing.textContent = say('joining')
  return put(0, { ...question, proofs: found.map(f => f.value?.proofs ?? '').join('') }, tell)
}

function failed(e) {
  show('open', say('failed'), say('failed.text'), foreign(e.message))
}

// foreign is a text of the verifier, which speaks English.
function foreign(text) {
  const p = el('p')
  p.append(el('bdi', text, { dir: 'ltr', lang: 'en' }))
  return p
}

function save(text, file, label) {
  const a = el('a', label, { download: file, href: URL.createObjectURL(new Blob([text], { type: 'text/plain' })) })
  const p = el('p')
  p.append(a)
  return p
}

function code(text) {
  const p = el('p')
  p.append(el('bdi', text, { class: 'code', dir: 'ltr' }))
  return p
}

function foundCode(a, typed) {
  switch (a.state) {
    case 'fault': return show('open', say('unclear'), say('fault.' + a.fault))
    case 'none': return show('open', say('none'), list([say('none.1'), say('none.2'), say('none.3')], 'ol'), (a.unread || []).length ? say('unread', a.unread.join(' ')) : '')
    case 'many': return show('open', say('many', digits(a.matches)), say('many.text'))
    case 'wrong': return show('bad', say('wrong'), say('wrong.text'), foreign(a.why))
    case 'unknown': return show('open', say('unknown'), say('unknown.text'), foreign(a.why))
  }
  const e = show(a.kind ? 'good' : 'open', say('found'), code(a.code), say('where', name(a.name)),
    el('p', say('ended.' + (a.kind || 'not'))), say('proved', digits(a.size), (a.cosigned || []).join(', ') || '–', digits(a.quorum)),
    a.compared ? '' : say('uncompared'), save(a.proof, 'sandogh-' + a.code.replaceAll('-', '').slice(0, 8) + '.tlog-proof', say('save')))
  if (a.kind === 'challenged') {
    const b = el('button', say('recompute'), { type: 'button', id: 'recompute' })
    b.onclick = async () => {
      try {
        const { part } = await ask({ ask: 'challenge', branch: a.branch, ending: a.ending })
        challenged(part, a)
      } catch (x) { failed(x) }
    }
    e.append(b)
  }
}

function findings(report) {
  const bad = report.checks.filter(c => c.state === 'fail' || c.state === 'missing')
  return list(bad.map(c => {
    const li = el('li', c.id + ' ' + (given.checks[c.id] ?? c.title))
    li.append(list(c.findings.slice(0, 5).map(f => {
      const at = [f.log, f.entry >= 0 ? 'entry ' + f.entry : '', f.path].filter(Boolean).join(' ')
      const li = el('li')
      li.append(el('bdi', (at ? at + ': ' : '') + f.text, { dir: 'ltr', lang: 'en' }))
      return li
    })))
    return li
  }))
}

const verdicts = { verified: 'good', refuted: 'bad', unknown: 'open' }

function challenged(part, a) {
  const e = show(verdicts[part.report.status], say('challenge.' + part.report.status), code(a.code), say('challenge.' + part.report.status + '.text'), findings(part.report))
  for (const c of part.revealed || []) {
    e.append(el('h3', name(c.contest)), c.selections.length ? list(c.selections.map(name)) : el('p', say('revealed.none')), el('p', say('revealed.blank', digits(c.blank))))
  }
}

function unit(part, seconds) {
  const status = part.report.status
  const e = show(verdicts[status], say('unit.' + status), say('unit.' + status + '.text'), findings(part.report))
  if ((part.rows || []).length) {
    const wide = el('div', undefined, { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': name(part.contest) })
    const table = wide.appendChild(el('table'))
    table.append(el('caption', name(part.contest) + ' · ' + say('ballots', digits(part.ballots))))
    const head = table.createTHead().insertRow()
    head.append(el('th', say('candidate'), { scope: 'col' }), el('th', say('votes'), { scope: 'col', class: 'n' }))
    const body = table.createTBody()
    for (const r of part.rows) {
      const row = body.insertRow()
      row.append(el('th', r.blank ? say('blank') : name(r.name), { scope: 'row' }), el('td', digits(r.votes), { class: 'n' }))
    }
    e.append(wide)
  }
  const passed = part.report.checks.filter(c => c.state === 'pass')
  const more = el('details')
  more.append(el('summary', say('passed', digits(passed.length))), list(passed.map(c => c.id + ' ' + (given.checks[c.id] ?? c.title) + ' (' + digits(c.read) + ')')))
  e.append(more, el('p', say('took', digits(Math.round(seconds * 10) / 10))), el('p', say('part')))
}

// A code comes behind # as well, which a browser sends to nobody; and what is
// pasted may be the whole address that a slip's picture holds.
const plain = text => text.includes('#') ? text.slice(text.lastIndexOf('#') + 1) : text

if (form) {
  form.hidden = false
  form.addEventListener('submit', async event => {
    event.preventDefault()
    const button = form.querySelector('button')
    button.disabled = true
    box.setAttribute('aria-busy', 'true')
    const begun = performance.now()
    try {
      if (form.dataset.ask === 'code') {
        const typed = plain(form.elements.code.value)
        foundCode((await ask({ ask: 'code', code: typed.slice(0, 400) })).code, typed)
      } else {
        const chosen = form.elements.unit.selectedOptions[0]
        const [contest, id] = chosen.value.split('/')
        unit((await ask({ ask: 'unit', contest, unit: id }, Number(chosen.dataset.ballots))).part, (performance.now() - begun) / 1000)
      }
    } catch (e) {
      failed(e)
    }
    box.dataset.seconds = (performance.now() - begun) / 1000
    box.removeAttribute('aria-busy')
    button.disabled = false
    box.focus()
  })
  if (form.dataset.ask === 'code' && location.hash.length > 8) form.elements.code.value = decodeURIComponent(location.hash.slice(1))
  if (form.dataset.ask === 'unit') {
    const wanted = new URLSearchParams(location.search).get('unit')
    const options = form.elements.unit
    if (wanted?.includes('/')) {
      options.value = wanted
      if (options.value !== wanted) { // one that the list has no room for
        options.prepend(el('option', wanted, { value: wanted, 'data-ballots': 1000 }))
        options.value = wanted
      }
    }
  }
}
