import { expect, it } from 'vitest';
import { sha256 } from '../../adapters/sha256.ts';
import { slotObjects } from '../../domain/slot/slot-objects.ts';
import { WORKLOAD_FILE, workloadFrom } from './release-probe.ts';
import { SLOT_ROWS } from './slot-rows.ts';

/** What a slot is written as; the workload's own name and routing are the same in both. */
const written = (file: object) =>
  slotObjects({
    workload: workloadFrom(file),
    slot: 'green',
    content: {
      revision: 'abc123',
      images: { app: `registry.example/shop@sha256:${'a'.repeat(64)}` },
      template: {
        podTemplate: {
          metadata: { labels: { app: 'shop', tier: 'web' } },
          spec: {
            containers: [
              {
                name: 'app',
                image: 'shop:v1',
                ports: [
                  { name: 'http', containerPort: 8080 },
                  { name: 'metrics', containerPort: 9090 },
                ],
              },
            ],
          },
        },
        configMaps: {},
        minReadySeconds: 0,
      },
    },
    hash: sha256,
  });

it.each(Object.entries(SLOT_ROWS))('%s changes what a slot is written as', (_, [a, b]) => {
  const of = (more: object) => written({ ...WORKLOAD_FILE, port: 'http', ...more });
  expect(of(b)).not.toEqual(of(a));
});
