// A table as a file: RFC 4180, with the mark by which Excel knows UTF-8.

import { csvCell } from '#lib/csv-cell.ts'

export function saveCsv(name: string, rows: readonly (readonly (string | number | null)[])[]): void {
  const text = `\uFEFF${rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')}`
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
