// `npm run routes`: every path, who may call it, and what it is for.

import { managementRoutes } from './management/routes.ts'

/** Rows of method, path, who, permission, summary. */
export function routeTable(): string[][] {
  return managementRoutes.map(({ method, path, who, endpoint }) => [
    method,
    path,
    who.kind,
    'permission' in who ? who.permission : '',
    endpoint.summary.en,
  ])
}

if (import.meta.main) {
  const rows = routeTable()
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
}
