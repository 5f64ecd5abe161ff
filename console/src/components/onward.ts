// To the page of what was just made, unless whoever made it has gone elsewhere before the answer came.

import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

export function useOnward(): (path: string) => void {
  const navigate = useNavigate()
  const isHere = useRef(false)
  useEffect(() => {
    isHere.current = true
    return () => {
      isHere.current = false
    }
  }, [])
  return (path) => {
    if (isHere.current) navigate({ to: path as '/' })
  }
}
