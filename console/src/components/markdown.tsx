// Markdown that people wrote, such as an interface's document. It is loaded with the first one that is shown, and holds no HTML of theirs.

import { Skeleton } from 'antd'
import { lazy, Suspense } from 'react'

const Rendered = lazy(() => import('./markdown-rendered.tsx'))

export function Markdown({ text }: { readonly text: string }) {
  return (
    <Suspense fallback={<Skeleton active title={false} />}>
      <Rendered text={text} />
    </Suspense>
  )
}
