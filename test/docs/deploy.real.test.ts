import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NETWORK_KINDS } from '../../domain/cluster-network.ts';
import { PROJECT_ROOT } from '../../infra/bundling/bundle.ts';
import { ExampleWorkloadStack } from '../../infra/example-workload-stack.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { sluice } from '../cli/sluice.ts';
import { SYNTH_TIMEOUT_MS } from '../infra/synthesised.ts';
import { startMoto } from '../support/moto-server.ts';

/*
 * docs/deploy.md, line by line, in one shell from its first block to its last: with the AWS CLI against moto, and with a
 * stand-in for each program that needs an account or a cluster, whose arguments are looked at. A line that names what is not
 * there, a variable that nobody has set, or a place that somebody has to fill in fails.
 */

const markdown = readFileSync(join(PROJECT_ROOT, 'docs/deploy.md'), 'utf8');

/** Of each block of commands its lines, one command each. Blocks with a language are no commands. */
const commands = blocksOf(markdown).flatMap(block =>
  block
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter(line => line.trim() !== ''),
);

/** What stands between a fence without a language and the next fence. */
function blocksOf(text: string): string[] {
  const fences = text.split(/^```(.*)$/m);
  // text, language, block, '', text, ...
  return fences.flatMap((part, index) => (index % 4 === 2 && fences[index - 1] === '' ? [part] : []));
}

/** What moto does not answer, and what it would: by service and operation. */
const NOT_IN_MOTO: Record<string, string> = {
  'lambda get-account-settings': '1000',
};
/** Programs that are not run. What they are called with is checked below. */
const STAND_INS = ['npx', 'npm', 'git', 'kubectl'];

const awsCli = process.env.SLUICE_AWS_CLI ?? 'aws';
const version = spawnSync(awsCli, ['--version'], { encoding: 'utf8' });
const moto = await startMoto();
const missing = [
  ...(version.status === 0 ? [] : [`no AWS CLI here (${awsCli})`]),
  ...(moto.kind === 'there' ? [] : [moto.because]),
];
afterAll(() => (moto.kind === 'there' ? moto.close() : undefined));

describe('docs/deploy.md', () => {
  it('leaves nothing to fill in, in no block of commands', () => {
    expect(commands.length).toBeGreaterThan(20);
    expect(commands.filter(line => /\.\.\.|<\w+>|vpc-0123|subnet-[a-z]\b|sg-0123/.test(line))).toEqual([]);
  });

  it('sets every variable that it uses, in its text too', () => {
    const set = new Set([...markdown.matchAll(/(?:export |; | |^)([A-Z_]+)=/gm)].map(([, name]) => name));
    const used = [...markdown.matchAll(/\$\{?([A-Z_]+)/g)].map(([, name = '']) => name);
    expect([...new Set(used)].filter(name => !set.has(name))).toEqual([]);
  });
});

describe.skipIf(missing.length > 0)(
  `docs/deploy.md, line by line${missing.length > 0 ? `, skipped: ${missing.join('; ')}` : ''}`,
  () => {
    let folder: string;
    let called: string[];
    let outcome: { status: number | null; said: string };
    const url = moto.kind === 'there' ? moto.url : '';
    const credentials = {
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_PAGER: '',
    };
    const aws = (...args: string[]): string =>
      execFileSync(awsCli, ['--endpoint-url', url, ...args, '--output', 'text'], {
        encoding: 'utf8',
        env: { ...process.env, ...credentials, AWS_REGION: 'eu-west-1' },
      }).trim();

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'sluice-deploy-'));
      openAccount();
      const log = join(folder, 'called');
      const program = (name: string, text: string) => {
        writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
        chmodSync(join(folder, name), 0o755);
      };
      writeFileSync(log, '');
      for (const name of STAND_INS) program(name, `echo "${name} $*" >>'${log}'`);
      const cases = Object.entries(NOT_IN_MOTO).map(
        ([operation, answer]) => `  '${operation}') echo '${answer}'; exit;;`,
      );
      program(
        'aws',
        `echo "aws $*" >>'${log}'\ncase "$1 $2" in\n${cases.join('\n')}\nesac\nexec '${pathOf(awsCli)}' --endpoint-url '${url}' "$@"`,
      );
      const script = [
        'set -eu -o pipefail',
        ...commands.flatMap(line => [`echo ${quoted(`> ${line}`)} >&2`, failing(line)]),
      ];
      const env = { ...process.env, ...credentials, PATH: `${folder}:${process.env.PATH}` };
      const { status, stderr, stdout } = spawnSync('bash', ['-c', script.join('\n')], {
        cwd: PROJECT_ROOT,
        encoding: 'utf8',
        env,
      });
      outcome = { status, said: `${stderr}${stdout}`.slice(-2000) };
      called = readFileSync(log, 'utf8').trim().split('\n');
    }, 300_000);
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    /** What the document takes for there: a cluster, a load balancer, and what the deployments that are not run would have made. */
    function openAccount(): void {
      const vpc = aws('ec2', 'create-vpc', '--cidr-block', '10.0.0.0/16', '--query', 'Vpc.VpcId');
      const subnets = ['a', 'b'].map((zone, index) =>
        aws(
          'ec2',
          'create-subnet',
          '--vpc-id',
          vpc,
          '--cidr-block',
          `10.0.${index}.0/24`,
          '--availability-zone',
          `eu-west-1${zone}`,
          '--query',
          'Subnet.SubnetId',
        ),
      );
      aws(
        'eks',
        'create-cluster',
        '--name',
        'prod',
        '--role-arn',
        'arn:aws:iam::123456789012:role/eks',
        '--resources-vpc-config',
        `subnetIds=${subnets.join(',')},securityGroupIds=sg-1`,
      );
      const balancer = aws(
        'elbv2',
        'create-load-balancer',
        '--name',
        'shop',
        '--subnets',
        ...subnets,
        '--query',
        'LoadBalancers[0].LoadBalancerArn',
      );
      const groups = ['blue', 'green'].map(slot =>
        aws(
          'elbv2',
          'create-target-group',
          '--name',
          `checkout-${slot}`,
          '--protocol',
          'HTTP',
          '--port',
          '8080',
          '--vpc-id',
          vpc,
          '--target-type',
          'ip',
          '--query',
          'TargetGroups[0].TargetGroupArn',
        ),
      );
      const notFound = 'Type=fixed-response,FixedResponseConfig={StatusCode=404,ContentType=text/plain}';
      const listener = aws(
        'elbv2',
        'create-listener',
        '--load-balancer-arn',
        balancer,
        '--protocol',
        'HTTP',
        '--port',
        '80',
        '--default-actions',
        notFound,
        '--query',
        'Listeners[0].ListenerArn',
      );
      const ForwardConfig = {
        TargetGroups: groups.map((TargetGroupArn, index) => ({ TargetGroupArn, Weight: index })),
      };
      aws(
        'elbv2',
        'create-rule',
        '--listener-arn',
        listener,
        '--priority',
        '100',
        '--conditions',
        'Field=path-pattern,Values=/checkout',
        '--actions',
        JSON.stringify([{ Type: 'forward', ForwardConfig }]),
      );
      for (const topic of ['sluice-notices', 'sluice-alarms']) aws('sns', 'create-topic', '--name', topic);
      aws(
        'dynamodb',
        'create-table',
        '--table-name',
        'sluice',
        '--attribute-definitions',
        'AttributeName=pk,AttributeType=S',
        '--key-schema',
        'AttributeName=pk,KeyType=HASH',
        '--billing-mode',
        'PAY_PER_REQUEST',
        '--deletion-protection-enabled',
      );
      for (const group of ['/aws/lambda/sluice-look', '/aws/vendedlogs/states/sluice-release'])
        aws('logs', 'create-log-group', '--log-group-name', group);
    }

    it('runs to its end', () => {
      expect(outcome.status, outcome.said).toBe(0);
    });

    it('waits where AWS is asynchronous', () => {
      const at = (start: string) => called.findIndex(line => line.startsWith(start));
      expect(at('aws eks update-cluster-config')).toBeGreaterThan(-1);
      expect(at('aws eks wait cluster-active')).toBe(at('aws eks update-cluster-config') + 1);
      expect(at('aws dynamodb wait table-exists')).toBe(at('aws dynamodb update-table') + 1);
    });

    it('leaves nothing of what it removes', () => {
      const left = {
        rules: aws('elbv2', 'describe-target-groups', '--query', 'TargetGroups[].TargetGroupName'),
        tables: aws('dynamodb', 'list-tables', '--query', 'TableNames'),
        logs: aws('logs', 'describe-log-groups', '--query', 'logGroups[].logGroupName'),
      };
      expect(left).toEqual({ rules: '', tables: '', logs: '' });
      expect(aws('sns', 'list-subscriptions', '--query', 'length(Subscriptions)')).toBe('2');
    });

    it(
      'names stacks, parameters and contexts of CDK that there are',
      () => {
        const parameters: Record<string, string[]> = {
          Sluice: ['ClusterName'],
          SluiceLedger: [],
          SluiceExampleWorkload: Object.keys(
            Template.fromStack(new ExampleWorkloadStack(new App(), 'Example')).toJSON().Parameters as object,
          ),
        };
        const app = ['app.ts', 'network.ts']
          .map(file => readFileSync(join(PROJECT_ROOT, 'infra', file), 'utf8'))
          .join('\n');
        const cdk = called.flatMap(line => /^npx cdk (.*)/.exec(line)?.[1] ?? []);
        expect(cdk.length).toBeGreaterThan(4);
        for (const line of cdk) {
          // each command makes the whole app, whichever stack it is for
          expect(Object.keys(NETWORK_KINDS), line).toContain(/ -c network=(\w+)/.exec(line)?.[1]);
          if (line.startsWith('bootstrap ')) continue;
          const [, verb = '', stack = ''] = /^(\w+) (\w+)/.exec(line) ?? [];
          expect(['deploy', 'diff', 'destroy'], line).toContain(verb);
          expect(Object.keys(parameters), line).toContain(stack);
          for (const [, name = '', value = ''] of line.matchAll(/--parameters (\w+)=(\S*)/g)) {
            expect(parameters[stack], line).toContain(name);
            expect(value, line).not.toMatch(/^(None)?$/);
          }
          for (const [, key] of line.matchAll(/-c (\w+)=/g)) expect(app, line).toContain(`'${key}'`);
        }
      },
      SYNTH_TIMEOUT_MS,
    );

    it('names scripts, files and commands of ours that there are', async () => {
      for (const line of called) {
        const [, script] = /^npm run (\S+)/.exec(line) ?? [];
        if (script !== undefined) expect(Object.keys(packageJson.scripts), line).toContain(script);
        const [, file] = /^kubectl .*-f (\S+)/.exec(line) ?? [];
        if (file !== undefined) expect(existsSync(join(PROJECT_ROOT, file)), line).toBe(true);
        const [, command, rest = ''] = /^npx sluice (\S+)(.*)/.exec(line) ?? [];
        if (command === undefined) continue;
        const { code, out } = await sluice(command, '--help');
        expect(code, line).toBe(0);
        for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(out, line).toContain(option);
      }
    });

    it('lists no stand-in that is not needed', () => {
      for (const operation of Object.keys(NOT_IN_MOTO)) expect(called.join('\n')).toContain(`aws ${operation}`);
      for (const name of STAND_INS)
        expect(
          called.some(line => line.startsWith(`${name} `)),
          name,
        ).toBe(true);
    });
  },
);

const pathOf = (program: string): string =>
  execFileSync('sh', ['-c', `command -v '${program}'`], { encoding: 'utf8' }).trim();
/** `export` hides that what it takes its value from has failed. */
const failing = (line: string): string => line.replace(/^export (?=\w+=\$\()/, '');
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
