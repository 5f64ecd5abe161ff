// An error as the log keeps it. A statement that failed tells its parameters, among them hashes of passwords, phones and what people wrote:
// the log is read by more people than the database.

import { pino } from 'pino'

export function loggedError(error: Error & { params?: unknown }): object {
  const { params, ...told } = pino.stdSerializers.err(error)
  if (params === undefined) return told
  const at = error.message.indexOf('\nparams: ')
  const without = (text: string) => (at < 0 ? text : text.replaceAll(error.message, error.message.slice(0, at)))
  return { ...told, message: without(told.message), stack: without(told.stack) }
}
