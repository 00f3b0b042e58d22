import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RevisionInput } from '../../../domain/slot/revision.ts';
import { revisionOf } from '../../../domain/slot/revision.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const DIGEST = `sha256:${'a'.repeat(64)}`;
const base: RevisionInput = {
  images: { app: `registry.example/checkout@${DIGEST}` },
  podTemplate: {
    metadata: { labels: { app: 'checkout' } },
    spec: { containers: [{ name: 'app', image: 'checkout:v1', envFrom: [{ configMapRef: { name: 'settings' } }] }] },
  },
  configMaps: { settings: { a: '1', b: '2' } },
};
const revision = (change: Partial<RevisionInput> = {}) => revisionOf({ ...base, ...change }, sha256);
const templateWith = (metadata: object, container: object = {}) => ({
  metadata,
  spec: {
    containers: [
      { name: 'app', image: 'checkout:v1', envFrom: [{ configMapRef: { name: 'settings' } }], ...container },
    ],
  },
});

describe('a revision', () => {
  it('is twelve hexadecimal digits', () => {
    expect(revision()).toMatch(/^[0-9a-f]{12}$/);
  });

  it.each<[string, Partial<RevisionInput>]>([
    ['the order of keys', { configMaps: { settings: { b: '2', a: '1' } } }],
    ['the registry that the same digest comes from', { images: { app: `mirror.example/team/shop@${DIGEST}` } }],
    [
      'the tag that the template names for a pushed container',
      { podTemplate: templateWith({ labels: { app: 'checkout' } }, { image: 'checkout:v2' }) },
    ],
    [
      'what a GitOps tool writes on the template',
      {
        podTemplate: templateWith({
          creationTimestamp: null,
          labels: { app: 'checkout', 'argocd.argoproj.io/instance': 'x' },
        }),
      },
    ],
    ['the labels that pods keep anyway', { workload: { keepLabels: ['app'] } }],
    [
      'a label that pods do not keep',
      {
        workload: { keepLabels: ['app'] },
        podTemplate: templateWith({ labels: { app: 'checkout', 'helm.sh/chart': 'checkout-2' } }),
      },
    ],
    ['a ConfigMap that the pods do not refer to', { configMaps: { settings: { a: '1', b: '2' }, other: { c: '3' } } }],
  ])('does not change with %s', (_, change) => {
    expect(revision(change)).toBe(revision());
  });

  it('does not change with the tags of an init container of the pushed repository, which never run', () => {
    const migrate = (tag: string) => ({
      podTemplate: {
        spec: {
          containers: [{ name: 'app', image: 'checkout:v1' }],
          initContainers: [{ name: 'migrate', image: tag }],
        },
      },
    });
    expect(revision(migrate('checkout:v2'))).toBe(revision(migrate('checkout:v1')));
    expect(revision(migrate('migrations:v2'))).not.toBe(revision(migrate('migrations:v1')));
  });

  it.each<[string, Partial<RevisionInput>]>([
    ['the digest', { images: { app: `registry.example/checkout@sha256:${'b'.repeat(64)}` } }],
    ['the port that gets the requests', { workload: { port: 'http' } }],
    ['a label that every slot has', { workload: { labels: { team: 'a' } } }],
    ['the labels that pods keep', { workload: { keepLabels: [] } }],
    ['the labels by which the Deployment selects', { selector: { matchLabels: { app: 'checkout' } } }],
    ['a label of the team', { podTemplate: templateWith({ labels: { app: 'checkout', tier: 'web' } }) }],
    ['the pod spec', { podTemplate: templateWith({ labels: { app: 'checkout' } }, { args: ['--verbose'] }) }],
    ['a value in a ConfigMap', { configMaps: { settings: { a: '1', b: '3' } } }],
    ['a ConfigMap that is gone', { configMaps: {} }],
    ['binary data of a ConfigMap', { configMapBinaryData: { settings: { k: 'AAE=' } } }],
  ])('changes with %s', (_, change) => {
    expect(revision(change)).not.toBe(revision());
  });
});

it('a revision of an image without a digest is by the whole of its name', () => {
  const named = (uri: string) => revision({ images: { app: uri } });
  expect(named('registry.example/checkout:v1')).not.toBe(named('registry.example/checkout:v2'));
  expect(named('registry.example/checkout:v1')).not.toBe(named('mirror.example/checkout:v1'));
});
