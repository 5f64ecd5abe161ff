// What a machine reads, in small below the name that people read.

import type { ReactNode } from 'react'
import './small-code.css'

export const SmallCode = ({ children }: { readonly children: ReactNode }) => <span className="small-code">{children}</span>
