import { AppError } from '../../errors.js';
import { Mailbox, type MailboxCounts, type MailboxOptions, type OfferOutcome } from './mailbox.js';

export interface ActorOptions<State, Message> {
  /** Shown in errors and statistics. */
  name: string;
  mailbox: MailboxOptions<Message>;
  initial: State;
  /** The next state. One message at a time: the next waits until this has settled. A throw ends the actor. */
  receive(state: State, message: Message): State | Promise<State>;
}

/** A handle that can only send; the module that defines an actor wraps it in functions with names of the domain. */
export interface Actor<Message> {
  readonly name: string;
  /** Sends without waiting. */
  cast(message: Message): OfferOutcome;
  /** Sends, waiting for room where the mailbox's policy is `wait`. */
  put(message: Message): Promise<OfferOutcome>;
  counts(): MailboxCounts;
  /** Null after `stop`, the failure after a throw. Never rejects. */
  readonly exited: Promise<AppError | null>;
  /** Takes no more messages, handles those that wait, and ends. */
  stop(): Promise<void>;
}

/** Starts an actor in this thread: private state, one mailbox, messages handled one by one. */
export function spawnActor<State, Message>(options: ActorOptions<State, Message>): Actor<Message> {
  const mailbox = new Mailbox(options.mailbox);
  const exited = run(options, mailbox);
  return {
    name: options.name,
    cast: (message) => mailbox.offer(message),
    put: (message) => mailbox.put(message),
    counts: () => mailbox.counts,
    exited,
    async stop() {
      mailbox.close();
      await exited;
    },
  };
}

async function run<State, Message>(
  options: ActorOptions<State, Message>,
  mailbox: Mailbox<Message>,
): Promise<AppError | null> {
  let state = options.initial;
  try {
    for (;;) {
      const message = await mailbox.take();
      if (message === undefined) return null;
      state = await options.receive(state, message);
    }
  } catch (thrown) {
    mailbox.close();
    return AppError.from(thrown);
  }
}
