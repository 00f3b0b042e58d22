import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LabKubernetes } from '../../../lab/kubernetes/kubernetes.ts';
import type { Answer, Asker, JsonBody } from '../../support/kubernetes-ask.ts';
import { openAsker } from '../../support/kubernetes-ask.ts';
import { emptyNamespace } from '../../support/kubernetes-namespace.ts';
import { openLab } from './cluster-in-lab.ts';
import { requestSequencesIn } from './request-sequences.ts';

/**
 * The same requests to the lab's Kubernetes and to a real one, in sequences: after each step both have answered with the
 * same code, refusal, values, generation and owners of fields.
 */
export function answersAsKubernetes(real: () => Asker, namespace: string): void {
  let kubernetes: LabKubernetes;
  let lab: Asker;
  beforeEach(async () => {
    ({ kubernetes } = await openLab({}));
    const { CLUSTER_CA, CLUSTER_TOKEN: token } = kubernetes.env;
    lab = openAsker({ endpoint: kubernetes.endpoint, ca: Buffer.from(CLUSTER_CA, 'base64').toString(), token });
    await emptyNamespace(real(), namespace);
  });
  afterEach(async () => {
    lab.close();
    await kubernetes.close();
  });

  for (const { name, steps } of requestSequencesIn(namespace)) {
    it(`answers as Kubernetes does: ${name}`, async () => {
      for (const [index, { method, path, ...options }] of steps.entries()) {
        const inLab = seen(await lab.ask(method, path, options));
        const inKubernetes = seen(await real().ask(method, path, options));
        expect({ step: index + 1, ...inLab }).toEqual({ step: index + 1, ...inKubernetes });
      }
    });
  }
}

/** What a client of Sluice's kind can see of an answer; what the server fills in by default is left out. */
function seen({ code, body }: Answer): Record<string, unknown> {
  if (typeof body === 'string') return { code, body };
  if (code >= 300) {
    const { reason, message, details } = body;
    const fields = (details?.causes ?? []).map(({ field }: JsonBody) => field).sort();
    // what is invalid is told by its fields: the sentences are the server's own
    return { code, reason, fields, message: code === 422 || code === 415 ? undefined : message };
  }
  const { metadata, spec = {}, data, binaryData } = body;
  const { metadata: podMetadata, spec: podSpec } = spec.template ?? {};
  return {
    code,
    // only what has a desired state counts its changes
    generation: body.kind === 'Deployment' ? metadata.generation : undefined,
    labels: metadata.labels,
    data,
    binaryData,
    replicas: spec.replicas,
    minReadySeconds: spec.minReadySeconds ?? 0,
    minReplicas: spec.minReplicas,
    selector: spec.selector,
    podLabels: podMetadata?.labels,
    containers: podSpec?.containers.map((container: JsonBody) => ({
      name: container.name,
      image: container.image,
      env: container.env,
      args: container.args,
      ports: container.ports?.map((port: JsonBody) => port.containerPort),
    })),
    servicePorts: spec.ports?.map((port: JsonBody) => port.port),
    owners: ownersOf(metadata.managedFields ?? []),
  };
}

/** By manager; the controllers write into a real Deployment's status and annotations at any moment. */
function ownersOf(managedFields: JsonBody[]): Record<string, unknown> {
  const people = managedFields.filter(({ manager }) => manager !== 'kube-controller-manager');
  return Object.fromEntries(
    people.map(({ manager, operation, subresource, fieldsV1 }) => [
      [manager, operation, subresource].filter(Boolean).join(' '),
      // a POST owns what the server filled in, too
      manager === 'creator' ? 'whatever it sent' : withoutSelf(fieldsV1),
    ]),
  );
}

/** Without "." (a map or an item itself), which the lab keeps for items of lists alone. */
function withoutSelf(fields: JsonBody): JsonBody {
  const entries = Object.entries(fields).filter(([name]) => name !== '.');
  return Object.fromEntries(entries.map(([name, inner]) => [name, withoutSelf(inner)]));
}
