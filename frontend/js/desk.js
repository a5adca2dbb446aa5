// The desk: parts of the page change in place (htmx), and every action has its key.

import htmx from 'htmx.org/dist/htmx.esm.js'

// The content policy forbids inline styles and evaluated text, and htmx needs neither.
htmx.config.includeIndicatorStyles = false
htmx.config.allowEval = false
htmx.config.allowScriptTags = false
htmx.config.selfRequestsOnly = true
window.htmx = htmx

function isTyping (target) {
  return target.closest('input:not([type="checkbox"]):not([type="radio"]), textarea, select, [contenteditable]')
}

function move (step) {
  const links = [...document.querySelectorAll('[data-queue-link]')]
  if (!links.length) return
  const now = links.findIndex((link) => link === document.activeElement ||
    link.getAttribute('aria-current') === 'true')
  const next = links[Math.min(Math.max(now + step, 0), links.length - 1)]
  next.focus({ preventScroll: true })
  next.scrollIntoView({ block: 'nearest' })
}

// data-key="c" on a link or button: pressing c outside a field uses it.
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
  if (event.key === 'j') move(1)
  else if (event.key === 'k') move(-1)
  else {
    const target = [...document.querySelectorAll('[data-key]')]
      .find((element) => element.dataset.key === event.key && !element.disabled)
    if (!target) return
    if (target.matches('input, select, textarea')) target.focus()
    else target.click()
  }
  event.preventDefault()
})
