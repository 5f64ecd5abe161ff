// What people know an app by, beside its name. Pages show nothing from elsewhere, so only a picture that lies here is shown.

import { isFileKey } from '#core/file/file.ts'
import { type Html, html } from './html.ts'

export function logoOf({ logo }: { readonly logo: string | null }): Html | false {
  return logo !== null && isFileKey(logo) && html`<img class="logo" src="/openapi/file/${logo}" alt="" width="40" height="40">`
}
