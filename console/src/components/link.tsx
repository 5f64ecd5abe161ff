// Links that the router follows without loading anew, as text and as a button.

import { createLink } from '@tanstack/react-router'
import { Button, type ButtonProps, Typography } from 'antd'
import type { ComponentProps } from 'react'

export const TextLink = createLink((props: ComponentProps<typeof Typography.Link>) => <Typography.Link {...props} />)
export const ButtonLink = createLink((props: ButtonProps) => <Button {...props} />)
