import assert from 'node:assert/strict'
import { test } from 'node:test'
import { histogram, print } from './exposition.ts'

test('the text is that of Prometheus: families, escaped labels, cumulated buckets', () => {
  const labels = { node: 'a "b" \\ c\nd' }
  const text = print([
    { name: 'calls_total', type: 'counter', help: 'Calls.', samples: [{ labels, value: 3 }] },
    { name: 'none', type: 'gauge', help: 'Nothing to tell.', samples: [] },
    { name: 'latency_seconds', type: 'histogram', help: 'Latency.', samples: histogram({ node: 'n' }, [0.001, 1], [2, 0, 5], 12.5) },
  ])
  assert.equal(
    text,
    `# HELP calls_total Calls.
# TYPE calls_total counter
calls_total{node="a \\"b\\" \\\\ c\\nd"} 3
# HELP none Nothing to tell.
# TYPE none gauge
# HELP latency_seconds Latency.
# TYPE latency_seconds histogram
latency_seconds_bucket{node="n",le="0.001"} 2
latency_seconds_bucket{node="n",le="1"} 2
latency_seconds_bucket{node="n",le="+Inf"} 7
latency_seconds_sum{node="n"} 12.5
latency_seconds_count{node="n"} 7
`,
  )
})
