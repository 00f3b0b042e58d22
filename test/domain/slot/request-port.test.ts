import { describe, expect, it } from 'vitest';
import { podTemplateSchema } from '../../../domain/slot/pod-template.ts';
import { requestPort } from '../../../domain/slot/request-port.ts';

const http = { name: 'http', containerPort: 8080 };
const metrics = { name: 'metrics', containerPort: 9090, protocol: 'TCP' };
const statsd = { name: 'statsd', containerPort: 8125, protocol: 'UDP' };
const app = (...ports: object[]) => ({ name: 'app', ports });
const envoy = (more: object = {}) => ({
  name: 'envoy',
  ports: [{ name: 'proxied', containerPort: 15_006 }],
  ...more,
});
const native = envoy({ restartPolicy: 'Always' });
const portOf = (containers: object[], { port, init }: { port?: string | number; init?: object[] } = {}) =>
  requestPort(
    { deployment: 'checkout', ...(port !== undefined && { port }) },
    podTemplateSchema.parse({ spec: { containers, ...(init !== undefined && { initContainers: init }) } }),
  );

describe('requests go to', () => {
  it.each<[string, number, object[], Parameters<typeof portOf>[1]]>([
    ['the only port that is declared', 8080, [app(http), { name: 'sidecar' }], {}],
    ['the only TCP port beside one of UDP', 8080, [app(statsd, http)], {}],
    ['the only port where a sidecar alone declares one', 15_006, [app(), envoy()], {}],
    ['the port of a native sidecar', 15_006, [app()], { init: [native] }],
    ['a port that two names stand for', 8080, [app(http, { ...http, name: 'web' })], {}],
    ['the port of that name, whichever comes first', 8080, [app(metrics, http)], { port: 'http' }],
    ['the port of that name in another container', 15_006, [app(http), envoy()], { port: 'proxied' }],
    ['the port of that name in a native sidecar', 15_006, [app(http)], { port: 'proxied', init: [native] }],
    ['the port of that number', 9090, [app(http, metrics)], { port: 9090 }],
    ['TCP where UDP has the same number', 53, [app({ containerPort: 53, protocol: 'UDP' }, { containerPort: 53 })], {}],
    ['a number that nobody declares', 15_001, [app(http)], { port: 15_001 }],
    ['a number where nothing is declared', 8080, [{ name: 'app' }], { port: 8080 }],
  ])('%s', (_, expected, containers, more) => {
    expect(portOf(containers, more)).toBe(expected);
  });
});

describe('a release is refused, with the ports that are there, where', () => {
  it.each<[string, string, object[], Parameters<typeof portOf>[1]]>([
    [
      'several could be meant',
      'checkout declares metrics 9090 (app), http 8080 (app): name the port that gets the requests in the workload, as in "port: metrics"',
      [app(metrics, http)],
      {},
    ],
    [
      'a native sidecar declares another',
      'checkout declares http 8080 (app), proxied 15006 (envoy): name the port that gets the requests in the workload, as in "port: http"',
      [app(http)],
      { init: [native] },
    ],
    [
      'none is declared; the port of an init container that ends is none',
      'checkout declares no port, and requests need a TCP port: name it in the workload, as in "port: 8080"',
      [app()],
      { init: [envoy()] },
    ],
    [
      'all are UDP',
      'checkout declares statsd 8125/UDP (app), and requests need a TCP port: name it in the workload, as in "port: 8080"',
      [app(statsd)],
      {},
    ],
    [
      'the one that is named is UDP',
      "the workload's port statsd is statsd 8125/UDP (app) of checkout, and requests need a TCP port; it declares statsd 8125/UDP (app), http 8080 (app)",
      [app(statsd, http)],
      { port: 'statsd' },
    ],
    [
      'the number that is named is UDP',
      "the workload's port 8125 is statsd 8125/UDP (app) of checkout, and requests need a TCP port; it declares http 8080 (app), statsd 8125/UDP (app)",
      [app(http, statsd)],
      { port: 8125 },
    ],
    [
      'nothing has that name',
      'checkout has no port "web", which the workload names; it declares http 8080 (app)',
      [app(http)],
      { port: 'web' },
    ],
    [
      'two containers have a port of that name',
      "the workload's port http is http 8080 (app) and http 15006 (envoy) of checkout: name its number instead",
      [app(http), { name: 'envoy', ports: [{ name: 'http', containerPort: 15_006 }] }],
      { port: 'http' },
    ],
  ])('%s', (_, message, containers, more) => {
    expect(() => portOf(containers, more)).toThrow(new RangeError(message));
  });
});
