import { UnreachableError } from '../../domain/errors.ts';

export interface Notice {
  topicArn: string;
  /** One line, at most 100 ASCII characters (SNS). */
  subject: string;
  /** JSON with the release, the event and the reason, for people and programs alike. */
  message: string;
}

export interface Notifier {
  /** @throws NotifierUnreachableError a release never stops for it: the caller logs and goes on */
  notify(notice: Notice): Promise<void>;
}

export class NotifierUnreachableError extends UnreachableError {
  override readonly name = 'NotifierUnreachableError';
}
