import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { functionSubstitutions } from '../../lab/asl/arns.ts';
import { openEmbeddedHost } from '../../lab/asl/embedded-host.ts';
import type { LambdaFunction, StateMachineHost } from '../../lab/asl/state-machine-host.ts';
import { openLabClock } from '../../lab/clock.ts';
import { readFacts } from '../../scripts/state-machine-lint/facts.ts';

const root = join(import.meta.dirname, '../..');
let host: StateMachineHost | undefined;
afterEach(() => host?.close());

it.each(readdirSync(join(root, 'state-machines')).filter(file => file.endsWith('.asl.json')))(
  '%s can be run by the host of the lab with the functions that there are',
  async file => {
    // Prepare
    const names = [...readFacts(root).functionFiles];
    const functions = Object.fromEntries(names.map((name): [string, LambdaFunction] => [name, async () => null]));
    host = await openEmbeddedHost({ clock: openLabClock({ startEpochMs: Date.now(), compress: 60 }), functions });
    const name = file.slice(0, -'.asl.json'.length);
    const definition = JSON.parse(readFileSync(join(root, 'state-machines', file), 'utf8'));
    // Act
    const { stateMachineArn } = host.registerMachine({
      name,
      definition,
      substitutions: functionSubstitutions(names),
    });
    // Assess
    expect(stateMachineArn).toBe(`arn:aws:states:eu-west-1:123456789012:stateMachine:${name}`);
  },
);
