import { type Notice, type Notifier, NotifierUnreachableError } from './notifier.ts';

export interface FakeNotifier extends Notifier {
  /** Oldest first. */
  readonly notices: readonly Notice[];
  /** From now on every notice fails for this cause; undefined: no longer. */
  breakWith(causeName: string | undefined): void;
}

export function fakeNotifier(): FakeNotifier {
  const notices: Notice[] = [];
  let broken: string | undefined;
  return {
    notices,
    breakWith: causeName => {
      broken = causeName;
    },
    async notify(notice) {
      if (broken !== undefined) throw new NotifierUnreachableError(`the notifier did not answer: ${broken}`);
      notices.push(notice);
    },
  };
}
