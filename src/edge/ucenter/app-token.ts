import type { Db } from '#db/open.ts'
// TEMPORARY until oidc is on main
export async function appOfToken(_db: Db, _text: string, _now: Date): Promise<string | undefined> {
  return undefined
}
