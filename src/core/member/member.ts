// A member: who somebody is to whom an app logs in by source 001. One of our users, or one of an external source (contract §4).

/** Who proved to be a member, and what an app may know besides. */
export interface Member {
  /** As tokens and services have it. */
  readonly userId: string
  readonly profile: MemberProfile
}

export interface MemberProfile {
  readonly username: string
  /** As the documents spell it. */
  readonly nikeName: string | null
}

/** Apart from our own users, whose ids are digits: no id shall name two people. */
export function externalUserId(uid: string): string {
  return `ext-${uid}`
}

/** It stands in fields, between spaces and colons. */
export const externalUidPattern = /^[0-9A-Za-z._~@-]{1,64}$/

/** What an app knows a person by (settled B9). */
export function uidOf(person: { readonly userId: string; readonly openId: string }, app: { readonly internal: boolean }): string {
  return app.internal ? person.userId : person.openId
}
