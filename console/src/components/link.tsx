// Links that the router follows without loading anew, as text and as a button.

import { createLink } from '@tanstack/react-router'
import { Button, type ButtonProps } from 'antd'
import type { ComponentProps, ReactNode } from 'react'
import './link.css'

/** The pages are rows of a table (pages.ts), so the router knows their addresses as texts and not by type. */
interface To {
  readonly to: string
  readonly params?: Readonly<Record<string, string>>
  readonly search?: Readonly<Record<string, string>> | true
  readonly hash?: string
}

type LinkOf<Props> = (props: Props & To) => ReactNode

interface TextLinkProps extends Omit<ComponentProps<'a'>, 'type' | 'className'> {
  readonly type?: 'danger'
  /** For one among other words, where its colour alone would not do. */
  readonly underline?: boolean
}

export const TextLink = createLink(({ type, underline, ...rest }: TextLinkProps) => (
  <a {...rest} className={`text-link ${type ?? ''} ${underline ? 'underlined' : ''}`} />
)) as unknown as LinkOf<TextLinkProps>
export const ButtonLink = createLink((props: ButtonProps) => <Button {...props} />) as unknown as LinkOf<ButtonProps>

/** How a `ButtonLink` is the button to press: the router keeps `type` to itself. */
export const primary = { color: 'primary', variant: 'solid' } as const
