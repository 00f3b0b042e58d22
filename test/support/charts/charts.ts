import type { Workload } from '../../../domain/workload.ts';

/** A pod template in the shape that a kind of public Helm chart has, and what a workload has to say to adopt it. */
export interface Chart {
  title: string;
  podTemplate: { metadata: { labels: Record<string, string>; annotations?: Record<string, string> }; spec: object };
  /** Of the Deployment. */
  selector: Record<string, string>;
  /** More of the Deployment's own spec. */
  spec?: object;
  workload: Pick<Workload, 'container' | 'port' | 'keepLabels' | 'labels'>;
  /** Of the ConfigMaps to which it refers. */
  configMaps?: Record<string, Record<string, string>>;
  /** The port to which the requests go. */
  requestPort: number;
  /** The containers that get the pushed image. */
  pushed: string[];
  /** What Admit says where the workload names no port; absent: it need not. */
  withoutPort?: RegExp;
}

const NAME = 'app.kubernetes.io/name';
const INSTANCE = 'app.kubernetes.io/instance';
/** As `helm create` makes them. */
const recommended = (name: string) => ({
  'helm.sh/chart': `${name}-1.2.3`,
  [NAME]: name,
  [INSTANCE]: 'prod',
  'app.kubernetes.io/version': '1.2.3',
  'app.kubernetes.io/managed-by': 'Helm',
});
const selecting = (name: string) => ({ [NAME]: name, [INSTANCE]: 'prod' });
const port = (name: string, containerPort: number, protocol = 'TCP') => ({ name, containerPort, protocol });
const image = (name: string, tag = 'v1') => `registry.example/${name}:${tag}`;
const onceA = (topologyKey: string, labelSelector: object) => ({ topologyKey, labelSelector });
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

/** Written anew, each with what such charts are known for. */
export const charts: Chart[] = [
  {
    title: 'as `helm create` makes it: one port named http, probes by that name',
    podTemplate: {
      metadata: { labels: recommended('shop') },
      spec: {
        serviceAccountName: 'default',
        securityContext: {},
        containers: [
          {
            name: 'shop',
            image: image('shop'),
            ports: [port('http', 80)],
            livenessProbe: { httpGet: { path: '/', port: 'http' } },
            readinessProbe: { httpGet: { path: '/', port: 'http' } },
          },
        ],
      },
    },
    selector: selecting('shop'),
    workload: { container: 'shop' },
    requestPort: 80,
    pushed: ['shop'],
  },
  {
    title: 'a web server with TLS, soft anti-affinity by instance, and an init container of its own image',
    podTemplate: {
      metadata: { labels: recommended('web') },
      spec: {
        automountServiceAccountToken: false,
        affinity: {
          podAntiAffinity: {
            [PREFERRED]: [
              { weight: 1, podAffinityTerm: onceA('kubernetes.io/hostname', { matchLabels: selecting('web') }) },
            ],
          },
        },
        initContainers: [
          {
            name: 'preserve-logs',
            image: image('web'),
            command: ['cp', '-r', '/opt/logs', '/emptydir'],
            volumeMounts: [{ name: 'empty-dir', mountPath: '/emptydir' }],
          },
        ],
        containers: [
          {
            name: 'web',
            image: image('web'),
            ports: [port('http', 8080), port('https', 8443)],
            volumeMounts: [
              { name: 'empty-dir', mountPath: '/tmp', subPath: 'tmp-dir' },
              { name: 'empty-dir', mountPath: '/opt/logs', subPath: 'logs-dir' },
            ],
          },
        ],
        volumes: [{ name: 'empty-dir', emptyDir: {} }],
      },
    },
    selector: selecting('web'),
    workload: { container: 'web', port: 'http' },
    requestPort: 8080,
    pushed: ['web', 'preserve-logs'],
    withoutPort: /declares http 8080 \(web\), https 8443 \(web\)/,
  },
  {
    title: 'an ingress controller: host ports, webhook and metrics ports',
    podTemplate: {
      metadata: { labels: { ...recommended('ingress'), 'app.kubernetes.io/component': 'controller' } },
      spec: {
        dnsPolicy: 'ClusterFirst',
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        containers: [
          {
            name: 'controller',
            image: image('controller'),
            args: ['/controller', '--publish-service=$(POD_NAMESPACE)/ingress'],
            env: [{ name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }],
            ports: [
              { ...port('http', 80), hostPort: 80 },
              { ...port('https', 443), hostPort: 443 },
              port('metrics', 10_254),
              port('webhook', 8443),
            ],
          },
        ],
      },
    },
    selector: { ...selecting('ingress'), 'app.kubernetes.io/component': 'controller' },
    spec: { revisionHistoryLimit: 10, minReadySeconds: 5 },
    workload: { container: 'controller', port: 'http' },
    requestPort: 80,
    pushed: ['controller'],
    withoutPort: /metrics 10254 \(controller\), webhook 8443 \(controller\)/,
  },
  {
    title: 'dashboards: sidecars of another image without ports, and a ConfigMap by subPath',
    podTemplate: {
      metadata: { labels: selecting('dashboards'), annotations: { 'checksum/config': 'abc' } },
      spec: {
        enableServiceLinks: true,
        containers: [
          { name: 'sc-dashboard', image: image('sidecar'), env: [{ name: 'METHOD', value: 'WATCH' }] },
          { name: 'sc-datasources', image: image('sidecar'), env: [{ name: 'METHOD', value: 'WATCH' }] },
          {
            name: 'dashboards',
            image: image('dashboards'),
            ports: [port('dashboards', 3000), port('gossip-tcp', 9094), port('gossip-udp', 9094, 'UDP')],
            volumeMounts: [{ name: 'config', mountPath: '/etc/dashboards.ini', subPath: 'dashboards.ini' }],
          },
        ],
        volumes: [{ name: 'config', configMap: { name: 'dashboards' } }],
      },
    },
    selector: selecting('dashboards'),
    spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
    workload: { container: 'dashboards', port: 'dashboards' },
    configMaps: { dashboards: { 'dashboards.ini': '[server]' } },
    requestPort: 3000,
    pushed: ['dashboards'],
    withoutPort: /gossip-tcp 9094 \(dashboards\), gossip-udp 9094\/UDP \(dashboards\)/,
  },
  {
    title: 'an agent: UDP first, then its TCP port',
    podTemplate: {
      metadata: { labels: { app: 'agent' } },
      spec: {
        containers: [
          {
            name: 'agent',
            image: image('agent'),
            ports: [{ containerPort: 8125, name: 'dogstatsdport', protocol: 'UDP' }, port('traceport', 8126)],
          },
        ],
      },
    },
    selector: { app: 'agent' },
    workload: { container: 'agent' },
    requestPort: 8126,
    pushed: ['agent'],
  },
  {
    title: 'behind a native sidecar that takes the requests',
    podTemplate: {
      metadata: { labels: { app: 'meshed', 'sidecar.istio.io/inject': 'false' } },
      spec: {
        initContainers: [
          { name: 'proxy', image: image('proxy'), restartPolicy: 'Always', ports: [port('http-envoy', 15_006)] },
        ],
        containers: [{ name: 'app', image: image('meshed'), ports: [port('http', 8080)] }],
      },
    },
    selector: { app: 'meshed' },
    workload: { container: 'app', port: 'http-envoy' },
    requestPort: 15_006,
    pushed: ['app'],
    withoutPort: /http 8080 \(app\), http-envoy 15006 \(proxy\)/,
  },
  {
    title: 'a Java service whose management port is its own: two names for one port',
    podTemplate: {
      metadata: { labels: selecting('orders') },
      spec: {
        containers: [
          {
            name: 'orders',
            image: image('orders'),
            ports: [port('http', 8080), port('management', 8080)],
            env: [
              { name: 'JAVA_OPTS', value: '-Xmx512m' },
              { name: 'JAVA_OPTS', value: '$(JAVA_OPTS) -Dspring.profiles.active=prod' },
            ],
            livenessProbe: { httpGet: { path: '/actuator/health/liveness', port: 'management' } },
            readinessProbe: { httpGet: { path: '/actuator/health/readiness', port: 'management' } },
          },
        ],
      },
    },
    selector: selecting('orders'),
    workload: { container: 'orders' },
    requestPort: 8080,
    pushed: ['orders'],
  },
  {
    title: 'metrics declared first',
    podTemplate: {
      metadata: { labels: { app: 'api', release: 'prod', heritage: 'Helm', chart: 'api-0.1.0' } },
      spec: {
        containers: [{ name: 'api', image: image('api'), ports: [port('metrics', 9090), port('http', 8080)] }],
      },
    },
    selector: { app: 'api', release: 'prod' },
    workload: { container: 'api', port: 8080 },
    requestPort: 8080,
    pushed: ['api'],
    withoutPort: /declares metrics 9090 \(api\), http 8080 \(api\)/,
  },
  {
    title: 'a web application that migrates its database in an init container of the same image',
    podTemplate: {
      metadata: { labels: selecting('cms') },
      spec: {
        initContainers: [
          { name: 'wait-for-db', image: 'busybox:1.36', command: ['sh', '-c', 'nc -z db 5432'] },
          { name: 'migrate', image: image('cms', 'latest'), envFrom: [{ configMapRef: { name: 'cms' } }] },
        ],
        containers: [
          {
            name: 'cms',
            image: image('cms'),
            envFrom: [{ configMapRef: { name: 'cms' } }],
            ports: [port('http', 3000)],
          },
          { name: 'worker', image: image('cms'), command: ['work'], envFrom: [{ configMapRef: { name: 'cms' } }] },
        ],
      },
    },
    selector: selecting('cms'),
    workload: { container: 'cms' },
    configMaps: { cms: { DB_HOST: 'db' } },
    requestPort: 3000,
    pushed: ['cms', 'worker', 'migrate'],
  },
  {
    title: 'nginx before php-fpm, in a pod of which the second container is pushed',
    podTemplate: {
      metadata: { labels: { 'k8s-app': 'blog' } },
      spec: {
        containers: [
          { name: 'nginx', image: 'nginx:1.27', ports: [{ containerPort: 80 }] },
          { name: 'php', image: image('blog'), volumeMounts: [{ name: 'code', mountPath: '/code' }] },
        ],
        volumes: [{ name: 'code', emptyDir: {} }],
      },
    },
    selector: { 'k8s-app': 'blog' },
    workload: { container: 'php' },
    requestPort: 80,
    pushed: ['php'],
  },
  {
    title: 'spread over zones and nodes by the instance label, by expressions',
    podTemplate: {
      metadata: { labels: recommended('search') },
      spec: {
        topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map(topologyKey => ({
          maxSkew: 1,
          whenUnsatisfiable: 'ScheduleAnyway',
          ...onceA(topologyKey, { matchExpressions: [{ key: INSTANCE, operator: 'In', values: ['prod'] }] }),
          matchLabelKeys: ['pod-template-hash'],
        })),
        containers: [{ name: 'search', image: image('search'), ports: [port('http', 9200)] }],
      },
    },
    selector: selecting('search'),
    workload: { container: 'search' },
    requestPort: 9200,
    pushed: ['search'],
  },
  {
    title: 'hard anti-affinity by expressions, to itself and to another',
    podTemplate: {
      metadata: { labels: { app: 'queue', tier: 'back' } },
      spec: {
        affinity: {
          nodeAffinity: {
            [REQUIRED]: {
              nodeSelectorTerms: [
                { matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] }] },
              ],
            },
          },
          podAntiAffinity: {
            [REQUIRED]: [
              onceA('kubernetes.io/hostname', {
                matchExpressions: [{ key: 'app', operator: 'In', values: ['queue', 'cache'] }],
              }),
            ],
          },
        },
        tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'back', effect: 'NoSchedule' }],
        containers: [{ name: 'queue', image: image('queue'), ports: [port('amqp', 5672)] }],
      },
    },
    selector: { app: 'queue' },
    spec: { strategy: { type: 'Recreate' } },
    workload: { container: 'queue' },
    requestPort: 5672,
    pushed: ['queue'],
  },
  {
    title: 'DNS over UDP and TCP of one number, and a web port',
    podTemplate: {
      metadata: { labels: { 'k8s-app': 'dns', 'kubernetes.io/name': 'dns' } },
      spec: {
        dnsPolicy: 'Default',
        containers: [
          {
            name: 'dns',
            image: image('dns'),
            ports: [port('dns', 53, 'UDP'), port('dns-tcp', 53), port('doh', 8053)],
            volumeMounts: [{ name: 'config', mountPath: '/etc/dns', readOnly: true }],
          },
        ],
        volumes: [{ name: 'config', configMap: { name: 'dns', items: [{ key: 'Corefile', path: 'Corefile' }] } }],
      },
    },
    selector: { 'k8s-app': 'dns' },
    workload: { container: 'dns', port: 'doh', keepLabels: [] },
    configMaps: { dns: { Corefile: '.:53' } },
    requestPort: 8053,
    pushed: ['dns'],
    withoutPort: /dns 53\/UDP \(dns\), dns-tcp 53 \(dns\), doh 8053 \(dns\)/,
  },
  {
    title: 'one that declares no port at all',
    podTemplate: {
      metadata: { labels: { app: 'plain' } },
      spec: { containers: [{ name: 'plain', image: image('plain') }] },
    },
    selector: { app: 'plain' },
    workload: { container: 'plain', port: 8080 },
    requestPort: 8080,
    pushed: ['plain'],
    withoutPort: /declares no port, and requests need a TCP port/,
  },
  {
    title: 'legacy names in host aliases and two pull secrets of one name, as values of parent and child charts add up',
    podTemplate: {
      metadata: { labels: selecting('legacy') },
      spec: {
        hostAliases: [
          { ip: '10.0.0.1', hostnames: ['db.internal'] },
          { ip: '10.0.0.1', hostnames: ['cache.internal'] },
        ],
        imagePullSecrets: [{ name: 'registry' }, { name: 'registry' }],
        containers: [{ name: 'legacy', image: image('legacy'), ports: [{ containerPort: 8080 }] }],
      },
    },
    selector: selecting('legacy'),
    workload: { container: 'legacy' },
    requestPort: 8080,
    pushed: ['legacy'],
  },
  {
    title: 'a ConfigMap with the longest of names, from release, chart and component',
    podTemplate: {
      metadata: { labels: selecting('long') },
      spec: {
        containers: [
          {
            name: 'long',
            image: image('long'),
            ports: [port('http', 8080)],
            env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'c'.repeat(250), key: 'a' } } }],
          },
        ],
        volumes: [{ name: 'all', projected: { sources: [{ configMap: { name: 'c'.repeat(250) } }] } }],
      },
    },
    selector: selecting('long'),
    workload: { container: 'long' },
    configMaps: { ['c'.repeat(250)]: { a: '1' } },
    requestPort: 8080,
    pushed: ['long'],
  },
  {
    title: 'in a cluster whose policy requires recommended labels on every Deployment',
    podTemplate: {
      metadata: { labels: { app: 'policed', 'app.kubernetes.io/component': 'api' } },
      spec: {
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'policed',
            image: image('policed'),
            ports: [port('http', 8080)],
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
            resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '64Mi' } },
          },
        ],
      },
    },
    selector: { app: 'policed' },
    workload: { container: 'policed', labels: { [NAME]: 'policed', 'app.kubernetes.io/managed-by': 'sluice' } },
    requestPort: 8080,
    pushed: ['policed'],
  },
  {
    title: 'an identity proxy before the application: each has an http port',
    podTemplate: {
      metadata: { labels: selecting('intranet') },
      spec: {
        shareProcessNamespace: true,
        containers: [
          { name: 'oauth-proxy', image: 'quay.io/oauth/proxy:v7', ports: [port('http', 4180)] },
          { name: 'intranet', image: image('intranet'), ports: [port('http', 8080)] },
        ],
      },
    },
    selector: selecting('intranet'),
    workload: { container: 'intranet', port: 4180 },
    requestPort: 4180,
    pushed: ['intranet'],
    withoutPort: /http 4180 \(oauth-proxy\), http 8080 \(intranet\)/,
  },
  {
    title:
      'everything of a pod that charts make optional: lifecycle, startup probe, priority, extra volumes and mounts',
    podTemplate: {
      metadata: { labels: selecting('full'), annotations: { 'prometheus.io/scrape': 'true' } },
      spec: {
        terminationGracePeriodSeconds: 60,
        hostname: 'full',
        dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
        containers: [
          {
            name: 'full',
            image: image('full'),
            ports: [port('grpc', 9000)],
            startupProbe: { grpc: { port: 9000 }, failureThreshold: 30 },
            lifecycle: { preStop: { exec: { command: ['sleep', '5'] } } },
            env: [{ name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
            envFrom: [
              { secretRef: { name: 'full', optional: true } },
              { prefix: 'X_', configMapRef: { name: 'full' } },
            ],
            volumeMounts: [
              { name: 'tmp', mountPath: '/tmp' },
              { name: 'token', mountPath: '/var/run/token', readOnly: true },
            ],
          },
        ],
        volumes: [
          { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
          {
            name: 'token',
            projected: {
              sources: [
                { serviceAccountToken: { path: 'token', audience: 'x', expirationSeconds: 3600 } },
                { configMap: { name: 'full', items: [{ key: 'ca', path: 'ca.crt' }] } },
              ],
            },
          },
        ],
      },
    },
    selector: selecting('full'),
    workload: { container: 'full', keepLabels: [INSTANCE] },
    configMaps: { full: { ca: 'x' } },
    requestPort: 9000,
    pushed: ['full'],
  },
  {
    title: 'by digest, from a registry with a port, with a log shipper of the same registry',
    podTemplate: {
      metadata: { labels: { app: 'ledger', team: 'payments' } },
      spec: {
        initContainers: [
          {
            name: 'seed',
            image: `registry.example:5000/team/ledger@sha256:${'d'.repeat(64)}`,
          },
          { name: 'ship-logs', image: 'registry.example:5000/team/shipper:v2', restartPolicy: 'Always' },
        ],
        containers: [{ name: 'ledger', image: 'registry.example:5000/team/ledger:v1', ports: [port('http', 8080)] }],
      },
    },
    selector: { app: 'ledger' },
    workload: { container: 'ledger' },
    requestPort: 8080,
    pushed: ['ledger', 'seed'],
  },
];
