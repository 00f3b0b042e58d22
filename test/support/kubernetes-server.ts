import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { makeCertificates } from '../../lab/kubernetes/certificates.ts';
import { findFreePort } from '../../lab/kubernetes/ports.ts';
import { until } from '../../lab/prometheus/until.ts';
import type { ApplyObject, Asker } from './kubernetes-ask.ts';
import { openAsker } from './kubernetes-ask.ts';
import { targetGroupBindingCrd } from './target-group-binding.crd.ts';

/** Kubernetes' own control plane on this computer: everything but nodes. */
export interface RealKubernetes {
  kind: 'there';
  /** How the product's adapter reaches it: as a user in the group `sluice` and in no other. */
  env: { CLUSTER_ENDPOINT: string; CLUSTER_CA: string; CLUSTER_TOKEN: string };
  /** The same as a user in the group `sluice-readers`. */
  readersEnv: RealKubernetes['env'];
  /** A user in `system:masters`. */
  admin: Asker;
  /** The same users as the product's adapter. */
  sluice: Asker;
  readers: Asker;
  close(): Promise<void>;
}

export interface NoKubernetes {
  kind: 'absent';
  /** For the names of the tests that are skipped then. */
  because: string;
}

/** Wall milliseconds: on two busy cores the API server needs 20 s and more before it is ready. */
const START_TIMEOUT_MS = 180_000;
/** Those that a slot needs; the others look after nodes, volumes and certificates, and would cost time. */
const CONTROLLERS = [
  'deployment-controller',
  'replicaset-controller',
  'endpointslice-controller',
  'horizontal-pod-autoscaler-controller',
  'serviceaccount-controller',
];

/**
 * etcd, kube-apiserver (with RBAC and every admission plugin that is on by default) and kube-controller-manager on free
 * ports of 127.0.0.1, with the namespaces given, the CRD of TargetGroupBindings, and examples/cluster-access.yaml applied
 * to the first namespace. The programs are SLUICE_ETCD, SLUICE_KUBE_APISERVER and SLUICE_KUBE_CONTROLLER_MANAGER, else
 * those on the PATH; `.ci/run` installs and builds them.
 * @throws Error one of them ends or does not become ready: with its last lines
 */
export async function startKubernetes(namespaces: string[]): Promise<RealKubernetes | NoKubernetes> {
  const programs = {
    etcd: process.env.SLUICE_ETCD ?? 'etcd',
    apiserver: process.env.SLUICE_KUBE_APISERVER ?? 'kube-apiserver',
    controllerManager: process.env.SLUICE_KUBE_CONTROLLER_MANAGER ?? 'kube-controller-manager',
  };
  const missing = Object.values(programs).filter(program => !canRun(program));
  if (missing.length > 0) return { kind: 'absent', because: `no Kubernetes here (${missing.join(', ')})` };
  const folder = await mkdtemp(join(tmpdir(), 'sluice-kubernetes-'));
  const certificates = await makeCertificates();
  const token = () => randomBytes(16).toString('hex');
  const tokens = { admin: token(), sluice: token(), readers: token() };
  const ports = { etcd: await findFreePort(), peer: await findFreePort(), api: await findFreePort() };
  const endpoint = `https://127.0.0.1:${ports.api}`;
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const etcdUrl = `http://127.0.0.1:${ports.etcd}`;
  const peerUrl = `http://127.0.0.1:${ports.peer}`;
  const key = await file('server.key', certificates.key);
  const certificate = await file('server.crt', certificates.cert);
  const running: ReturnType<typeof run>[] = [];
  const asAdmin = openAsker({ endpoint, ca: certificates.ca, token: tokens.admin });
  const asSluice = openAsker({ endpoint, ca: certificates.ca, token: tokens.sluice });
  const asReaders = openAsker({ endpoint, ca: certificates.ca, token: tokens.readers });
  const close = async () => {
    asAdmin.close();
    asSluice.close();
    asReaders.close();
    for (const program of running.reverse()) await program.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const untilHolds = (what: string, holds: () => Promise<boolean>) =>
    until(
      what,
      async () => {
        for (const program of running) program.mustRun();
        return await holds();
      },
      START_TIMEOUT_MS,
    );
  try {
    running.push(
      run(programs.etcd, [
        `--data-dir=${join(folder, 'etcd')}`,
        `--listen-client-urls=${etcdUrl}`,
        `--advertise-client-urls=${etcdUrl}`,
        `--listen-peer-urls=${peerUrl}`,
        `--initial-advertise-peer-urls=${peerUrl}`,
        `--initial-cluster=default=${peerUrl}`,
      ]),
      run(programs.apiserver, [
        `--etcd-servers=${etcdUrl}`,
        '--bind-address=127.0.0.1',
        '--advertise-address=127.0.0.1',
        '--endpoint-reconciler-type=none',
        `--secure-port=${ports.api}`,
        `--tls-cert-file=${certificate}`,
        `--tls-private-key-file=${key}`,
        `--token-auth-file=${await file('tokens.csv', `${tokens.admin},admin,1,system:masters\n${tokens.sluice},sluice-functions,2,sluice\n${tokens.readers},sluice-reading,3,sluice-readers\n`)}`,
        '--anonymous-auth=false',
        '--authorization-mode=RBAC',
        '--service-account-issuer=https://kubernetes.default.svc',
        `--service-account-key-file=${certificate}`,
        `--service-account-signing-key-file=${key}`,
        '--service-cluster-ip-range=10.0.0.0/24',
        '--profiling=false',
      ]),
    );
    await untilHolds('the API server is ready', async () => {
      const answer = await asAdmin.ask('GET', '/readyz').catch(() => undefined); // it does not listen yet
      return answer?.code === 200;
    });
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'it',
      contexts: [{ name: 'it', context: { cluster: 'it', user: 'it' } }],
      clusters: [{ name: 'it', cluster: { server: endpoint, 'certificate-authority-data': base64(certificates.ca) } }],
      users: [{ name: 'it', user: { token: tokens.admin } }],
    };
    running.push(
      run(programs.controllerManager, [
        `--kubeconfig=${await file('kubeconfig.json', JSON.stringify(kubeconfig))}`,
        `--controllers=${CONTROLLERS.join(',')}`,
        '--leader-elect=false',
        '--secure-port=0',
        '--kube-api-qps=500',
        '--kube-api-burst=1000',
        '--horizontal-pod-autoscaler-sync-period=1s',
      ]),
    );
    await prepare(asAdmin, namespaces, untilHolds);
  } catch (error) {
    await close();
    throw error;
  }
  const env = { CLUSTER_ENDPOINT: endpoint, CLUSTER_CA: base64(certificates.ca), CLUSTER_TOKEN: tokens.sluice };
  const readersEnv = { ...env, CLUSTER_TOKEN: tokens.readers };
  return { kind: 'there', env, readersEnv, admin: asAdmin, sluice: asSluice, readers: asReaders, close };
}

function canRun(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // not installed: who asks says so
  }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

async function prepare(
  admin: Asker,
  namespaces: string[],
  untilHolds: (what: string, holds: () => Promise<boolean>) => Promise<void>,
): Promise<void> {
  await admin.apply(targetGroupBindingCrd);
  for (const name of namespaces) await admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const access = await readFile(new URL('../../examples/cluster-access.yaml', import.meta.url), 'utf8');
  for (const document of parseAllDocuments(access)) {
    const object = document.toJS() as ApplyObject; // as `kubectl apply -n <namespace>` fills it in
    const metadata = { ...object.metadata, ...(namespaces[0] !== undefined ? { namespace: namespaces[0] } : {}) };
    await admin.apply({ ...object, metadata });
  }
  await untilHolds('TargetGroupBindings are served', async () => {
    const answer = await admin.ask('GET', '/apis/elbv2.k8s.aws/v1beta1/targetgroupbindings');
    return answer.code === 200;
  });
  // without its service account a namespace's pods are refused
  await untilHolds('the namespaces have their service accounts', async () => {
    const paths = namespaces.map(name => `/api/v1/namespaces/${name}/serviceaccounts/default`);
    const answers = await Promise.all(paths.map(path => admin.ask('GET', path)));
    return answers.every(({ code }) => code === 200);
  });
}

function run(program: string, flags: string[]) {
  const child: ChildProcess = spawn(program, flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  let failure: Error | undefined;
  child.stderr?.on('data', chunk => {
    said = `${said}${chunk}`.slice(-3_000);
  });
  child.once('error', error => {
    failure = error;
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill); // where the tests end without closing
  const isGone = () => child.exitCode !== null || child.signalCode !== null || failure !== undefined;
  return {
    mustRun: () => {
      if (isGone()) throw new Error(`${program} ended (${failure?.message ?? child.exitCode}): ${said}`);
    },
    stop: async () => {
      process.off('exit', kill);
      if (isGone()) return;
      kill();
      await once(child, 'exit');
    },
  };
}
