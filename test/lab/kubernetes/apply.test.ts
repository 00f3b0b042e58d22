import { describe, expect, it } from 'vitest';
import type { FieldConflict, ManagedFields } from '../../../lab/kubernetes/apply.ts';
import { apply, conflictMessage, ownChanges } from '../../../lab/kubernetes/apply.ts';
import { toFieldsV1 } from '../../../lab/kubernetes/fields.ts';
import type { JsonObject } from '../../../lab/kubernetes/schema.ts';

const by = (manager: string) => ({ manager, apiVersion: 'apps/v1', time: '2026-11-21T00:00:00Z' });

/** An object, and who applies to it one after the other. */
function openObject(live: JsonObject = {}, managed: ManagedFields[] = []) {
  let state = { object: live, managed };
  return {
    object: () => state.object,
    ownersOf: (manager: string) =>
      toFieldsV1(state.managed.filter(entry => entry.manager === manager).flatMap(entry => [...entry.paths])),
    update: (manager: string, object: JsonObject) => {
      state = { object, managed: ownChanges(state.object, object, state.managed, by(manager)) };
    },
    apply: (manager: string, applied: JsonObject, force = false): FieldConflict[] => {
      const outcome = apply({ live: state.object, managed: state.managed, applied, writer: by(manager), force });
      if (outcome.kind === 'conflict') return outcome.conflicts;
      state = { object: outcome.object, managed: outcome.managed };
      return [];
    },
  };
}
const containers = (...list: JsonObject[]): JsonObject => ({ spec: { template: { spec: { containers: list } } } });

describe('server-side apply', () => {
  it('refuses a field that another manager changed, in the words of Kubernetes', () => {
    // Prepare
    const object = openObject();
    object.apply('sluice', { spec: { replicas: 1 } });
    object.update('kubectl', { spec: { replicas: 3 } });

    // Act
    const conflicts = object.apply('sluice', { spec: { replicas: 1 } });

    // Assess: the message as Kubernetes' documentation shows it
    expect(conflictMessage(conflicts)).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl" using apps/v1: .spec.replicas',
    );
    expect(object.object()).toEqual({ spec: { replicas: 3 } });
  });

  it('names several conflicts by manager', () => {
    const object = openObject();
    object.apply('argocd', { spec: { paused: true, minReadySeconds: 5 } });

    const conflicts = object.apply('sluice', { spec: { paused: false, minReadySeconds: 0 } });

    expect(conflictMessage(conflicts)).toBe(
      'Apply failed with 2 conflicts: conflicts with "argocd":\n- .spec.paused\n- .spec.minReadySeconds',
    );
  });

  it('shares a field that both managers want the same, and keeps it until the last lets go', () => {
    const object = openObject();
    object.apply('a', { spec: { replicas: 1 } });
    expect(object.apply('b', { spec: { replicas: 1 } })).toEqual([]);

    object.apply('a', {});
    expect(object.object()).toEqual({ spec: { replicas: 1 } });

    object.apply('b', {});
    expect(object.object()).toEqual({});
  });

  it('takes a field over by force, and the other manager no longer owns it', () => {
    const object = openObject();
    object.apply('a', { spec: { replicas: 1 } });

    object.apply('b', { spec: { replicas: 2 } }, true);

    expect(object.object()).toEqual({ spec: { replicas: 2 } });
    expect(object.ownersOf('a')).toEqual({});
    expect(object.ownersOf('b')).toEqual({ 'f:spec': { 'f:replicas': {} } });
  });

  it('removes what a manager no longer applies, and leaves what others own', () => {
    const object = openObject();
    object.apply('a', { metadata: { labels: { mine: '1', both: '1' } } });
    object.apply('b', { metadata: { labels: { both: '1', theirs: '1' } } });

    object.apply('a', { metadata: { labels: {} } });

    expect(object.object()).toEqual({ metadata: { labels: { both: '1', theirs: '1' } } });
  });

  it('merges containers, their env and their ports by key', () => {
    const object = openObject();
    object.apply('a', containers({ name: 'app', image: 'x', env: [{ name: 'A', value: '1' }] }));

    const conflicts = object.apply(
      'b',
      containers({ name: 'app', env: [{ name: 'B', value: '2' }] }, { name: 'sidecar', image: 'y' }),
    );

    expect(conflicts).toEqual([]);
    expect(object.object()).toEqual(
      containers(
        {
          name: 'app',
          image: 'x',
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
        },
        { name: 'sidecar', image: 'y' },
      ),
    );
    expect(object.ownersOf('b')).toMatchObject({
      'f:spec': {
        'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"sidecar"}': { '.': {}, 'f:image': {} } } } },
      },
    });
  });

  it('does not take an empty map for a conflict with what is in it', () => {
    const object = openObject();
    object.apply('a', { metadata: { labels: {} } });
    object.apply('b', { metadata: { labels: { b: '1' } } });

    expect(object.apply('c', { metadata: { labels: {} } })).toEqual([]);
    object.apply('a', { metadata: { labels: { a: '1' } } });

    expect(object.object()).toEqual({ metadata: { labels: { a: '1', b: '1' } } });
  });

  it('names an item of a list by its key in a conflict', () => {
    const object = openObject();
    object.apply('a', containers({ name: 'app', image: 'x' }));

    const conflicts = object.apply('b', containers({ name: 'app', image: 'z' }));

    expect(conflicts.map(({ field }) => field)).toEqual(['.spec.template.spec.containers[name="app"].image']);
  });

  it('removes a container that its only owner no longer applies', () => {
    const object = openObject();
    object.apply('a', containers({ name: 'app', image: 'x' }, { name: 'old', image: 'y' }));

    object.apply('a', containers({ name: 'app', image: 'x' }));

    expect(object.object()).toEqual(containers({ name: 'app', image: 'x' }));
  });

  it('replaces lists without keys and selectors as a whole', () => {
    const object = openObject({ spec: { selector: { theirs: '1' } } });
    object.apply('a', { spec: { selector: { a: '1', b: '2' }, args: ['x', 'y'] } });
    expect(object.object()).toEqual({ spec: { selector: { a: '1', b: '2' }, args: ['x', 'y'] } });

    object.apply('a', { spec: { selector: { a: '1' }, args: ['y'] } });

    expect(object.object()).toEqual({ spec: { selector: { a: '1' }, args: ['y'] } });
    expect(object.ownersOf('a')).toEqual({ 'f:spec': { 'f:selector': {}, 'f:args': {} } });
  });

  it('gives a field that was changed by an update to that manager alone', () => {
    const object = openObject();
    object.apply('sluice-size', { spec: { replicas: 1 } });

    object.update('kube-controller-manager', { spec: { replicas: 4 } });

    expect(object.ownersOf('sluice-size')).toEqual({});
    expect(object.ownersOf('kube-controller-manager')).toEqual({ 'f:spec': { 'f:replicas': {} } });
  });
});
