// What the pages can do better with JavaScript. Everything works without it.

import {
  Button, CharacterCount, Checkboxes, ErrorSummary, FileUpload, NotificationBanner,
  PasswordInput, Radios, SkipLink, createAll
} from 'govuk-frontend'

document.body.classList.add('js-enabled')
if ('noModule' in HTMLScriptElement.prototype) {
  document.body.classList.add('govuk-frontend-supported')
}

createAll(Button, { preventDoubleClick: true })
for (const component of [
  CharacterCount, Checkboxes, ErrorSummary, FileUpload, NotificationBanner, PasswordInput, Radios,
  SkipLink
]) {
  createAll(component)
}

// What is read out for a field for files has to be what is seen, without a hidden comma.
for (const button of document.querySelectorAll('.govuk-file-upload-button')) {
  button.querySelector(`[id="${button.id}-comma"]`)?.remove()
  button.setAttribute('aria-labelledby', `${button.id}-label ${button.id}`)
}

// "Print" and "back" are buttons that only make sense where a script runs.
for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false
  button.addEventListener('click', () => window.print())
}

// A page that is printed shows what it folds.
let folded = []
window.addEventListener('beforeprint', () => {
  folded = [...document.querySelectorAll('details:not([open])')]
  for (const details of folded) details.open = true
})
window.addEventListener('afterprint', () => {
  for (const details of folded) details.open = false
})
