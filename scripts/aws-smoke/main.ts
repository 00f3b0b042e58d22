/**
 * NOT RUN YET: nobody has run this against AWS. What only a real load balancer can show, asked of one:
 * docs/only-aws.md says what is needed and what the answers would change.
 */
import { writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Command } from '@commander-js/extra-typings';
import { CHECKS, runChecks } from './checks.ts';

const options = new Command('aws-smoke')
  .description('asks a real load balancer what no stand-in can show; moves the weights of the rule it is given')
  .requiredOption('--url <url>', 'of the load balancer, http://...')
  .requiredOption('--rule <arn>', 'a listener rule that serves nobody else')
  .requiredOption('--blue <arn>', 'target group whose targets answer GET / with "blue"')
  .requiredOption('--green <arn>', 'target group whose targets answer GET / with "green"')
  .option('--host <name>', 'host header that the rule asks for')
  .option('--tag-profile <name>', 'AWS profile of a role that is limited by tags (docs/only-aws.md has its policy)')
  .option('--repository <name>', 'ECR repository with a tagged image: gets a second tag, which is taken away again')
  .option('--only <names...>', `some of ${CHECKS.map(({ name }) => name).join(', ')}`)
  .option('--json <file>', 'writes the answers')
  .parse()
  .opts();

// arn:...:listener-rule/app/<name>/<load balancer>/<listener>/<rule>
const loadBalancer = options.rule.split(':listener-rule/')[1]?.split('/').slice(0, 3).join('/');
if (loadBalancer === undefined) throw new Error(`--rule is ${options.rule}, expected the ARN of a listener rule`);
const unknown = (options.only ?? []).filter(name => !CHECKS.some(check => check.name === name));
if (unknown.length > 0) throw new Error(`--only names no check: ${unknown.join(', ')}`);

const results = await runChecks(
  {
    elb: new ElasticLoadBalancingV2Client({}),
    cloudWatch: new CloudWatchClient({}),
    ...(options.tagProfile !== undefined && {
      elbByTag: new ElasticLoadBalancingV2Client({ profile: options.tagProfile }),
    }),
    ...(options.repository !== undefined && {
      images: { ecr: new ECRClient({}), repositoryName: options.repository },
    }),
    url: options.url,
    ...(options.host !== undefined && { host: options.host }),
    ruleArn: options.rule,
    targetGroups: { blue: options.blue, green: options.green },
    loadBalancer,
    now: Date.now,
    pause: ms => pause(ms),
    say: line => console.log(line),
  },
  CHECKS.filter(({ name }) => options.only === undefined || options.only.includes(name)),
);
if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(results, null, 2)}\n`);
console.log(JSON.stringify(results, null, 2));
