import { describe, expect, it } from 'vitest';
import { withMergedLists } from '../../../domain/slot/merged-lists.ts';
import { podTemplateSchema } from '../../../domain/slot/pod-template.ts';

const pods = (container: object, more: object = {}) =>
  podTemplateSchema.parse({ spec: { containers: [{ name: 'app', ...container }], ...more } });
const containerOf = (container: object) => withMergedLists(pods(container)).spec.containers[0];
const specOf = (more: object) => withMergedLists(pods({}, more)).spec;
const variable = (name: string, value: string) => ({ name, value });

describe('a variable that a later one of the same name hides', () => {
  const kept = (...env: object[]) => containerOf({ env })?.env;

  it('goes; those before it do not refer to it', () => {
    const before = variable('URL', 'http://$(PORT)');
    expect(kept(before, variable('PORT', '80'), variable('PORT', '81'))).toEqual([before, variable('PORT', '81')]);
  });

  it('goes where those between take their values from elsewhere', () => {
    const secret = { name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'k' } } };
    expect(kept(variable('PORT', '80'), secret, variable('PORT', '81'))).toEqual([secret, variable('PORT', '81')]);
  });

  it('is written out where those up to the later one refer to it, and not where `$$` says that they do not', () => {
    expect(
      kept(
        variable('PATH', '/bin'),
        variable('LOOK', '$(PATH) and $$(PATH) and $(HOME)'),
        variable('PATH', '$(PATH):/opt/bin'),
        variable('PATH', '$(PATH):/usr/bin'),
        variable('LAST', '$(PATH)'),
      ),
    ).toEqual([
      variable('LOOK', '/bin and $$(PATH) and $(HOME)'),
      variable('PATH', '/bin:/opt/bin:/usr/bin'),
      variable('LAST', '$(PATH)'),
    ]);
  });

  it.each([
    ['is a Secret', { name: 'PATH', valueFrom: { secretKeyRef: { name: 'keys', key: 'k' } } }],
    ['refers to others itself', variable('PATH', '$(HOME)/bin')],
  ])('is refused where they refer to one that %s', (_, hidden) => {
    expect(() => kept(hidden, variable('PATH', '$(PATH):/opt/bin'))).toThrow(
      new RangeError(
        'containers[app].env has PATH twice, and what stands between refers to the first: server-side apply takes each name once',
      ),
    );
  });
});

describe('a port that is there twice', () => {
  it('is there once, and who asks for it by the name that is gone asks for its number', () => {
    const port = (name: string, containerPort = 8080) => ({ name, containerPort, protocol: 'TCP' });
    const asks = (http: unknown, management: unknown) => ({
      livenessProbe: { httpGet: { path: '/', port: management } },
      readinessProbe: { tcpSocket: { port: http }, periodSeconds: 5 },
      lifecycle: { preStop: { httpGet: { path: '/', port: management } } },
    });
    expect(
      containerOf({ ports: [port('http'), port('management'), port('metrics', 9090)], ...asks('http', 'management') }),
    ).toEqual({ name: 'app', ports: [port('http'), port('metrics', 9090)], ...asks('http', 8080) });
  });

  it('is two where one is UDP, whether or not TCP is said', () => {
    const ports = [
      { containerPort: 53, name: 'dns', protocol: 'UDP' },
      { containerPort: 53, name: 'dns-tcp' },
    ];
    expect(containerOf({ ports })?.ports).toEqual(ports);
  });

  it('is refused where each has a port of the node of its own', () => {
    const ports = [
      { containerPort: 80, hostPort: 8080 },
      { containerPort: 80, hostPort: 8081 },
    ];
    expect(() => containerOf({ ports })).toThrow(
      new RangeError(
        'containers[app].ports has 80/TCP twice: server-side apply takes each containerPort and protocol once',
      ),
    );
  });
});

it('host aliases of one address are one, with all of its names', () => {
  const hostAliases = [
    { ip: '10.0.0.1', hostnames: ['a', 'b'] },
    { ip: '10.0.0.2', hostnames: ['c'] },
    { ip: '10.0.0.1', hostnames: ['b', 'd'] },
  ];
  expect(specOf({ hostAliases }).hostAliases).toEqual([
    { ip: '10.0.0.1', hostnames: ['a', 'b', 'd'] },
    { ip: '10.0.0.2', hostnames: ['c'] },
  ]);
});

it('a pull secret that is named twice is named once', () => {
  const names = (...all: string[]) => all.map(name => ({ name }));
  expect(specOf({ imagePullSecrets: names('a', 'b', 'a') }).imagePullSecrets).toEqual(names('a', 'b'));
});

it.each<[string, object]>([
  ['volumes has data twice: server-side apply takes each name once', { volumes: [{ name: 'data' }, { name: 'data' }] }],
  [
    'topologySpreadConstraints has zone/DoNotSchedule twice: server-side apply takes each topologyKey and whenUnsatisfiable once',
    { topologySpreadConstraints: Array(2).fill({ topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }) },
  ],
  [
    'initContainers[init].volumeMounts has /data twice: server-side apply takes each mountPath once',
    { initContainers: [{ name: 'init', volumeMounts: Array(2).fill({ name: 'data', mountPath: '/data' }) }] },
  ],
  [
    'resources.claims has gpu twice: server-side apply takes each name once',
    {
      resources: {
        claims: [
          { name: 'gpu', request: 'a' },
          { name: 'gpu', request: 'b' },
        ],
      },
    },
  ],
])('what cannot be merged is refused: %s', (message, more) => {
  expect(() => specOf(more)).toThrow(new RangeError(message));
});

it('a template without any of this stays as it is', () => {
  const template = pods({ env: [variable('A', '1'), variable('B', '$(A)')], ports: [{ containerPort: 80 }] });
  expect(withMergedLists(template)).toStrictEqual(template);
});
