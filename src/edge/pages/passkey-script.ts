// The one script of the pages, as browsers get it: it hands the browser what we ask, and the form what the device answered. Until it is there
// the form's button cannot be pressed, nor a second time while the device is asked.

import { hash } from 'node:crypto'

const script = `const form = document.querySelector('form[data-passkey]')
const said = document.getElementById('passkey-said')
const button = form?.querySelector('button')
if (button) button.disabled = false

form?.addEventListener('submit', async (event) => {
  const answer = form.elements.namedItem('credential')
  if (answer.value !== '') return
  event.preventDefault()
  said.hidden = true
  button.disabled = true
  try {
    const asked = JSON.parse(form.dataset.options)
    const credential = form.dataset.passkey === 'create'
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) })
    answer.value = JSON.stringify(credential.toJSON())
    form.submit()
  } catch {
    button.disabled = false
    said.hidden = false
    said.focus()
  }
})
`

/** Named by what it holds, so that a browser may keep it for good. */
export const passkeyScript = {
  path: `/pages/passkey-${hash('sha256', script).slice(0, 12)}.js`,
  type: 'text/javascript',
  text: script,
}
