// Who is signed in, and what they may do: decided by the server for each request, known here only to show what would be allowed.

import type { Permission } from '#core/role/permission.ts'
import { useAsk } from './query.ts'
import type { Answer } from './types.ts'

type Me = Answer<'GET /openapi/user/me'>

/** As the rows of the server's routes say it: `hq` needs the permission, `own` lets developers in to what is theirs. */
export type Who = typeof signedIn | { readonly hq: Permission } | { readonly own: Permission }

export const signedIn = 'signedIn'
export const hq = (permission: Permission): Who => ({ hq: permission })
export const own = (permission: Permission): Who => ({ own: permission })

export function mayVisit(me: Me, who: Who): boolean {
  if (who === signedIn) return true
  if ('hq' in who) return me.permissions.includes(who.hq)
  return me.permissions.includes(who.own) || isDeveloper(me)
}

export const isDeveloper = (me: Me) => me.roles.includes('developer')

/** Inside the shell, which asks before it shows anything. */
export function useMe(): Me {
  const { data } = useAsk('GET /openapi/user/me', {}, { staleTime: 60_000 })
  return data!
}

/** The same where a developer may do it to what is theirs: the rows of the server that say `own`. */
export function useMayOwn(): (permission: Permission) => boolean {
  const me = useMe()
  return (permission) => mayVisit(me, own(permission))
}

export function useMay(): (permission: Permission) => boolean {
  const { permissions } = useMe()
  return (permission) => permissions.includes(permission)
}
