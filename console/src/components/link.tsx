// Links that the router follows without loading anew, as text and as a button.

import { createLink } from '@tanstack/react-router'
import { Button, type ButtonProps, Typography } from 'antd'
import type { ComponentProps, ReactNode } from 'react'

/** The pages are rows of a table (pages.ts), so the router knows their addresses as texts and not by type. */
interface To {
  readonly to: string
  readonly params?: Readonly<Record<string, string>>
  readonly search?: Readonly<Record<string, string>> | true
  readonly hash?: string
}

type LinkOf<Props> = (props: Props & To) => ReactNode

export const TextLink = createLink((props: ComponentProps<typeof Typography.Link>) => <Typography.Link {...props} />) as unknown as LinkOf<
  ComponentProps<typeof Typography.Link>
>
export const ButtonLink = createLink((props: ButtonProps) => <Button {...props} />) as unknown as LinkOf<ButtonProps>

/** How a `ButtonLink` is the button to press: the router keeps `type` to itself. */
export const primary = { color: 'primary', variant: 'solid' } as const
