// The app must have been granted the operation, and where the operation names a project, be bound to that one.

import type { Granted, Readable } from './call.ts'
import { variablesOfMatch } from './match.ts'
import { type Refusal, refuse } from './refusal.ts'

export function authorize(readable: Readable): Granted | Refusal {
  const { app, found } = readable.caller
  if (!app.grants.has(found.operation.id)) return refuse('not_granted')
  const { projectParam } = found.operation
  if (projectParam === null) return readable as Granted
  const given = valuesOf(projectParam, readable)
  if (given.length > 1) return refuse('invalid_parameters', { reason: 'repeated', name: projectParam })
  // The text of a JSON integer equals the text of a string (settled E9); that of an array or object equals no project's.
  const project = given[0]
  return project != null && app.projects.has(project) ? (readable as Granted) : refuse('project_denied', { name: projectParam })
}

function valuesOf(name: string, { caller, payload }: Readable): (string | null)[] {
  const caught = variablesOfMatch(caller.found).filter(([variable]) => variable === name)
  const given = [...(payload?.query ?? []), ...(payload?.bodyParameters ?? [])].filter((parameter) => parameter.name === name)
  return [...caught.map(([, text]) => text), ...given.map(({ text }) => text)]
}
