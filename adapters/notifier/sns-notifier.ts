import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { awsClientConfig, CALL_DEADLINE_MS, describeFailure, type Env } from '../aws-client-config.ts';
import { isDenied, sharedTagHint } from '../denied.ts';
import { type Notifier, NotifierUnreachableError } from './notifier.ts';

/** SNS takes fewer than 100 characters. */
const LONGEST_SUBJECT = 99;

/** Notices by SNS. A message of more than 256 KiB is refused by SNS, as unreachable as any other refusal. */
export const snsNotifier = (client: SNSClient): Notifier => ({
  async notify({ topicArn, subject, message }) {
    const cleaned = subjectFor(subject);
    const command = new PublishCommand({
      TopicArn: topicArn,
      Message: message,
      ...(cleaned !== '' && { Subject: cleaned }),
    });
    try {
      await client.send(command, { abortSignal: AbortSignal.timeout(CALL_DEADLINE_MS) });
    } catch (error) {
      const hint = isDenied(error) ? sharedTagHint(`topic ${topicArn}`) : '';
      throw new NotifierUnreachableError(`SNS did not take a notice to ${topicArn}: ${describeFailure(error)}${hint}`, {
        cause: error,
      });
    }
  },
});

export const openSnsNotifier = (env: Env): Notifier => snsNotifier(new SNSClient(awsClientConfig(env, 'SNS')));

/**
 * As SNS takes it: one line of ASCII. A reason that quotes a pod's message can hold anything, and a notice must not be
 * lost over its subject; the message has the whole.
 */
function subjectFor(text: string): string {
  const ascii = text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[^ -~]/gu, '?');
  return ascii.length <= LONGEST_SUBJECT ? ascii : `${ascii.slice(0, LONGEST_SUBJECT - 3)}...`;
}
