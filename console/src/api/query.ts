// Answers kept while they are fresh (TanStack Query). Reading is `useAsk`, writing is `useTell`; after a write everything on the page is
// asked again, because one change shows in more places than anybody remembers to list.

import {
  hashKey,
  QueryCache,
  QueryClient,
  queryOptions,
  type UseQueryOptions,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { ApiError, ask } from './ask.ts'
import type { Answer, Input, Key, ReadKey } from './types.ts'

/** It is gone, or not for this person any longer. */
const isRefused = (error: Error) => error instanceof ApiError && [403, 404].includes(error.status)

export const queryClient = new QueryClient({
  // What was there stays while a platform is away, beside a form that somebody fills; what is refused now is not shown any longer.
  queryCache: new QueryCache({ onError: (error, query) => isRefused(error) && query.setState({ data: undefined }) }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What was refused is refused again; only a platform that was away is asked once more.
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
})

type Options<A> = Pick<UseQueryOptions<A, ApiError>, 'enabled' | 'refetchInterval' | 'placeholderData' | 'staleTime'>

/** What is asked and how, under the name that its answer is kept by. */
export const askOptions = <K extends ReadKey>(key: K, input: Input<K>) =>
  queryOptions<Answer<K>, ApiError>({ queryKey: [key, input], queryFn: ({ signal }) => ask(key, input, signal) })

export function useAsk<K extends ReadKey>(key: K, input: Input<K>, options: Options<Answer<K>> = {}): UseQueryResult<Answer<K>, ApiError> {
  return useQuery({ ...askOptions(key, input), ...options })
}

export function useTell<K extends Key>(key: K) {
  const client = useQueryClient()
  return useMutation<Answer<K>, ApiError, Input<K>>({
    mutationFn: (input) => tellOnce(key, input),
    onSuccess: async () => {
      // Answers that are still on their way may tell how it was before; of a page that opens, they would else be taken.
      await client.cancelQueries()
      await client.invalidateQueries()
    },
  })
}

const underWay = new Map<string, Promise<unknown>>()

/** A button that is pressed again before it tells that it is under way does nothing twice. A file has no name to know it by. */
function tellOnce<K extends Key>(key: K, input: Input<K>): Promise<Answer<K>> {
  if ('body' in input && input.body instanceof FormData) return ask(key, input)
  const name = hashKey([key, input])
  const answer = underWay.get(name) ?? ask(key, input).finally(() => underWay.delete(name))
  underWay.set(name, answer)
  return answer as Promise<Answer<K>>
}
