import { Publish$, type PublishInput, type PublishResponse } from '@aws-sdk/client-sns';
import { AwsError } from './aws-error.ts';
import type { SchemaEndpoint } from './endpoint.ts';

export interface PublishedMessage {
  topicArn: string;
  subject: string | undefined;
  message: string;
}

export interface SnsEndpoint extends SchemaEndpoint {
  /** Oldest first. */
  readonly messages: readonly PublishedMessage[];
}

const MOST_BYTES = 262_144;

/**
 * Publish to the given topics; another one is refused as SNS does, and so is a subject that is no e-mail subject.
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export function snsEndpoint(topicArns: readonly string[]): SnsEndpoint {
  const messages: PublishedMessage[] = [];

  async function publish({ TopicArn, Subject, Message = '' }: PublishInput): Promise<PublishResponse> {
    if (TopicArn === undefined) throw invalid('TopicArn or TargetArn Reason: no value for required parameter');
    if (!topicArns.includes(TopicArn)) throw new AwsError('NotFound', 'Topic does not exist', 404);
    // ASCII that starts with a letter, number or punctuation mark, no line breaks or control characters, below 100
    if (Subject !== undefined && !/^[!-~][ -~]{0,98}$/.test(Subject)) throw invalid('Subject');
    if (Message === '') throw invalid('Empty message');
    if (Buffer.byteLength(Message) > MOST_BYTES) throw invalid('Message too long');
    messages.push({ topicArn: TopicArn, subject: Subject, message: Message });
    return { MessageId: `00000000-0000-0000-0000-${String(messages.length).padStart(12, '0')}` };
  }

  return { signingName: 'sns', operations: { Publish: { schema: Publish$, handle: publish } }, messages };
}

const invalid = (what: string) => new AwsError('InvalidParameter', `Invalid parameter: ${what}`);
