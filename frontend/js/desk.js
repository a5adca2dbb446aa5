// The desk: the file changes in place while the list stays, and every action has its key.

import htmx from 'htmx.org/dist/htmx.esm.js'

// The content policy forbids inline styles and evaluated text, and htmx needs neither. Pages of the
// desk are about persons: none of them is kept in the browser's storage.
htmx.config.includeIndicatorStyles = false
htmx.config.allowEval = false
htmx.config.allowScriptTags = false
htmx.config.selfRequestsOnly = true
htmx.config.historyCacheSize = 0
htmx.config.refreshOnHistoryMiss = true
window.htmx = htmx

const list = document.getElementById('list')
const pane = document.getElementById('main-content')
const place = 'desk-list-place'

// The list never jumps: a whole page that brings the same list again shows it where it was.
function rememberPlace () {
  const query = new URLSearchParams(location.search)
  query.delete('task')
  sessionStorage.setItem(place, JSON.stringify([query.toString(), list.scrollTop]))
}

if (list) {
  const [query, top] = JSON.parse(sessionStorage.getItem(place) || '["",0]')
  const now = new URLSearchParams(location.search)
  now.delete('task')
  if (query === now.toString()) list.scrollTop = top
  window.addEventListener('pagehide', rememberPlace)
}

function links () {
  return [...document.querySelectorAll('[data-queue-link]')]
}

function itemNow () {
  const focused = document.activeElement.closest('.y-queue__item')
  if (focused) return focused
  const current = document.querySelector('[data-queue-link][aria-current]')
  return current && current.closest('.y-queue__item')
}

function move (step) {
  const all = links()
  if (!all.length) return
  const item = itemNow()
  const now = item ? all.findIndex((link) => item.contains(link)) : (step > 0 ? -1 : 0)
  const next = all[Math.min(Math.max(now + step, 0), all.length - 1)]
  next.focus({ preventScroll: true })
  next.scrollIntoView({ block: 'nearest' })
}

// An open file is marked in the list, and its heading is where reading begins.
document.addEventListener('htmx:afterSwap', (event) => {
  if (event.detail.target !== pane) return
  const opened = event.detail.requestConfig.elt
  for (const link of links()) {
    if (link === opened) link.setAttribute('aria-current', 'true')
    else link.removeAttribute('aria-current')
  }
  document.querySelector('.y-panes').classList.add('y-panes--open')
  const narrow = window.matchMedia('(max-width: 899px)').matches
  if (narrow) window.scrollTo(0, 0)
  else pane.scrollTop = 0
  const heading = pane.querySelector('h1')
  if (heading) heading.focus({ preventScroll: true })
})

// What does not come as a pane is shown as the page it is: the sign-in, or an error.
document.addEventListener('htmx:beforeSwap', (event) => {
  if (event.detail.target !== pane) return
  const answered = event.detail.xhr
  if (answered.status >= 400 || /<html[\s>]/i.test(answered.responseText.slice(0, 500))) {
    event.detail.shouldSwap = false
    location.assign(answered.responseURL || location.href)
  }
})
document.addEventListener('htmx:sendError', (event) => {
  location.assign(event.detail.requestConfig.path)
})

// A second click sends nothing; the server would not do it twice either.
document.addEventListener('submit', (event) => {
  const form = event.target
  if (form.dataset.sent) event.preventDefault()
  form.dataset.sent = 'yes'
})
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent
})

function isTyping (target) {
  return target.closest('input:not([type="checkbox"]):not([type="radio"]), textarea, select, [contenteditable]')
}

function claim () {
  const item = document.activeElement.closest('.y-queue__item')
  const button = item && item.querySelector('[data-claim]')
  if (!button) return false
  button.click()
  return true
}

function tick () {
  const item = itemNow()
  const box = item && item.querySelector('input[type="checkbox"]')
  if (box) box.click()
}

// data-key="c" on a link, a button or a fold: pressing c outside a field uses it.
function use (key) {
  const target = [...document.querySelectorAll('[data-key]')]
    .find((element) => element.dataset.key === key && !element.disabled)
  if (!target) return false
  if (target.matches('input, select, textarea')) {
    target.focus()
    return true
  }
  target.click()
  if (target.matches('summary') && target.parentElement.open) {
    const field = target.parentElement.querySelector('input:not([type="hidden"]), select, textarea, button')
    if (field) field.focus({ preventScroll: true })
    target.scrollIntoView({ block: 'nearest' })
  }
  return true
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key === 'Escape' && isTyping(event.target)) {
    event.target.blur()
    return
  }
  if (isTyping(event.target)) return
  if (event.key === 'j') move(1)
  else if (event.key === 'k') move(-1)
  else if (event.key === 'x') tick()
  else if (event.key === 'c' && claim()) return event.preventDefault()
  else if (!use(event.key)) return
  event.preventDefault()
})
