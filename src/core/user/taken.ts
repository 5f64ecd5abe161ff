// One may sign in by user name, phone or mail address, so none of them may be anybody else's, of whatever kind. Each kind alone is unique
// by its index; that a name is no other's phone is looked at here.

import { fault, type Noun } from '#core/fault.ts'
import { brokenConstraint, type Db } from '#db/open.ts'
import { findUserByLogin } from './user.store.ts'

type Kind = Noun & ('username' | 'phoneNumber' | 'email')
export type TakenOnce = { readonly [Name in Kind]?: string | null | undefined }

const indexes: Record<string, Kind> = { user_username: 'username', user_phone_number: 'phoneNumber', user_email: 'email' }

/** Throws `conflict`. */
export async function refuseAnothers(db: Db, values: TakenOnce, ownId: number | undefined): Promise<void> {
  for (const [what, value] of Object.entries(values)) {
    const holder = value ? await findUserByLogin(db, value) : undefined
    if (holder && holder.id !== ownId) throw fault('conflict', { what: what as Kind, value: value! })
  }
}

/** The same for what an index refuses: somebody else was faster. */
export async function orConflict<T>(values: TakenOnce, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    const what = indexes[brokenConstraint(error) ?? '']
    if (what) throw fault('conflict', { what, value: values[what] ?? '' })
    throw error
  }
}
