// `npm run routes`: every path, who may call it, and what it is for.

import { everyPath } from './routes.ts'

const rows = everyPath().map(({ listener, method, path, who, permission, what }) => [listener, method, path, who, permission, what])
const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
for (const row of rows) console.log(row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd()) // biome-ignore format: one thought
