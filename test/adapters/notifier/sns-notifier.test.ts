import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, it } from 'vitest';
import { snsNotifier } from '../../../adapters/notifier/sns-notifier.ts';
import { snsEndpoint } from '../../../lab/aws/sns-endpoint.ts';
import { labClientConfig, openWireServer } from '../../../lab/aws/wire-server.ts';
import { keepsNotifierContract, notice, topicArn } from './notifier.contract.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map(close => close()));
});

async function openSns() {
  const sns = snsEndpoint([topicArn]);
  const server = await openWireServer({ endpoints: [sns] });
  const client = new SNSClient(labClientConfig(server.url));
  closers.push(async () => {
    client.destroy();
    await server.close();
  });
  return { sns, server, client, notifier: snsNotifier(client) };
}

describe('notices by SNS', () => {
  keepsNotifierContract(async () => {
    const { sns, server, notifier } = await openSns();
    return {
      notifier,
      arrived: () => [...sns.messages],
      breakDown: () => server.faults.drop('Publish', Number.POSITIVE_INFINITY),
    };
  });

  it.each([
    ['checkout: zurück\ngerollt\t\u0007 ', 'checkout: zur?ck gerollt ?'],
    ['🚀 checkout promoted', '? checkout promoted'],
    ['x'.repeat(99), 'x'.repeat(99)],
    ['x'.repeat(100), `${'x'.repeat(96)}...`],
  ])('brings the subject %j into the form that SNS takes', async (subject, expected) => {
    const { notifier, sns } = await openSns();
    await notifier.notify({ ...notice, subject });
    expect(sns.messages.map(message => message.subject)).toEqual([expected]);
  });

  it('sends a notice without a subject rather than none', async () => {
    const { notifier, sns } = await openSns();
    await notifier.notify({ ...notice, subject: ' \n' });
    expect(sns.messages.map(message => message.subject)).toEqual([undefined]);
  });

  it('names the topic and the cause when the topic is not there', async () => {
    const { notifier } = await openSns();
    const gone = `${topicArn}-gone`;
    await expect(notifier.notify({ ...notice, topicArn: gone })).rejects.toMatchObject({
      name: 'NotifierUnreachableError',
      message: `SNS did not take a notice to ${gone}: NotFoundException: Topic does not exist`,
    });
  });
});

describe("the lab's SNS", () => {
  it.each([
    ['a subject of 100 characters', { Subject: 'x'.repeat(100), Message: 'm' }],
    ['a subject of two lines', { Subject: 'a\nb', Message: 'm' }],
    ['a subject that is not ASCII', { Subject: 'zurück', Message: 'm' }],
    ['a subject that starts with a space', { Subject: ' a', Message: 'm' }],
    ['an empty subject', { Subject: '', Message: 'm' }],
    ['an empty message', { Subject: 'a', Message: '' }],
    ['a message above 256 KiB', { Subject: 'a', Message: 'ü'.repeat(131_073) }],
  ])('refuses %s', async (_, input) => {
    const { client, sns } = await openSns();
    await expect(client.send(new PublishCommand({ TopicArn: topicArn, ...input }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    expect(sns.messages).toEqual([]);
  });
});
