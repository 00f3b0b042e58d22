import { describe, expect, it } from 'vitest';
import { otherContent } from '../../../domain/release/slot-content.ts';
import { admissionOf, imageOf, type Line, releaseOf } from '../../support/ledger-lines.ts';

const { uri, digest } = imageOf('2');
const written: Line = [
  1,
  { kind: 'canaryWritten', slot: 'green', revision: 'new', images: { app: uri, proxy: 'envoy:1' } },
];
const release = releaseOf({}, written);
const other = (seen: Parameters<typeof otherContent>[2]) => otherContent(release, admissionOf(), seen);

describe('the content of the canary’s slot', () => {
  it.each([
    ['what was released', { app: uri, proxy: 'envoy:1' }],
    ['the same bytes from another registry', { app: `mirror.example/shop@${digest}`, proxy: 'envoy:1' }],
  ])('is %s', (_, images) => {
    expect(other({ revision: 'new', images })).toBeUndefined();
  });

  it.each([
    ['another image', { app: 'shop:9', proxy: 'envoy:1' }, /^container app of green has image shop:9, and .*@sha256:2/],
    [
      'a sidecar’s other image',
      { app: uri, proxy: 'envoy:2' },
      /^container proxy .* envoy:2, and envoy:1 was released/,
    ],
    ['no sidecar', { app: uri }, /^container proxy of green has image none/],
  ])('is not: %s', (_, images, sentence) => {
    expect(other({ revision: 'new', images })).toMatch(sentence);
  });

  it('is not where others have added to it', () => {
    const images = { app: uri, proxy: 'envoy:1' };
    expect(other({ revision: 'new', images, added: '.spec.template.spec.nodeSelector is of "scheduler"' })).toBe(
      'green has what Sluice did not write: .spec.template.spec.nodeSelector is of "scheduler"',
    );
  });

  it('is not where nobody wrote its revision', () => {
    expect(other({ images: { app: uri, proxy: 'envoy:1' } })).toMatch(/^green has revision none, and new was admitted/);
  });

  it('cannot be told of lines from before images were read, and of no Deployment', () => {
    expect(other(undefined)).toBeUndefined();
    expect(other({})).toBeUndefined();
  });
});
