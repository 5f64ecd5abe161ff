// By which schemes an app gets a token of its own: those that sign parameters, which are all that POST /openapi/token/generate takes.

import { stringForms } from '#schemes/string-form.ts'

export const getsToken = (scheme: string): scheme is keyof typeof stringForms => scheme in stringForms
