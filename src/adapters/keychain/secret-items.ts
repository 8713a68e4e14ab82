import { AppError } from '../../domain/errors.ts';
import { Secret } from '../../domain/secret.ts';
import { BUS } from './dbus-connection.ts';
import { type Message, type MethodCall, type Reader, readBody, type Writer } from './dbus-wire.ts';
import { SERVICE_INTERFACE, SERVICE_PATH, type SecretService } from './find-secret-service.ts';
import { ALGORITHM, type SessionCipher, startKeyAgreement } from './key-agreement.ts';
import type { ItemName } from './keychain-options.ts';

/**
 * Called before a prompt of the Secret Service is shown. Throws where nobody can answer one. What it returns is told
 * whether the prompt was dismissed.
 */
export type BeforePrompt = () => (wasDismissed: boolean) => void;

const ITEM = 'org.freedesktop.Secret.Item';
const COLLECTION = 'org.freedesktop.Secret.Collection';
const PROMPT = 'org.freedesktop.Secret.Prompt';
/** The path that stands for "none". */
const NONE = '/';

interface Session {
  readonly path: string;
  readonly cipher: SessionCipher;
}

/**
 * Items of a Secret Service, as the native binding writes them: the same attributes, label and content type. Each call
 * rejects where the service does not answer as specified.
 */
export class SecretItems {
  readonly #service: SecretService;
  readonly #beforePrompt: BeforePrompt;

  constructor(service: SecretService, beforePrompt: BeforePrompt) {
    this.#service = service;
    this.#beforePrompt = beforePrompt;
  }

  unlockCollection(): Promise<void> {
    return this.#unlock(this.#service.collection);
  }

  /** Null where there is no such item. */
  async read(name: ItemName): Promise<Secret | null> {
    const path = await this.#find(name);
    if (path === null) return null;
    const session = await this.#openSession();
    const answer = await this.#call({
      path,
      interface: ITEM,
      member: 'GetSecret',
      signature: 'o',
      write: (body) => body.text(session.path),
    });
    return readBody(answer, '(oayays)', (body) => readSecret(body, session.cipher));
  }

  async write(name: ItemName, value: Secret): Promise<void> {
    const path = await this.#find(name);
    const session = await this.#openSession();
    if (path === null) return this.#create(name, value, session);
    await this.#call({
      path,
      interface: ITEM,
      member: 'SetSecret',
      signature: '(oayays)',
      write: (body) => writeSecret(body, value, session),
    });
  }

  /** False where there is no such item. */
  async remove(name: ItemName): Promise<boolean> {
    const path = await this.#find(name);
    if (path === null) return false;
    const answer = await this.#call({ path, interface: ITEM, member: 'Delete', signature: '' });
    await this.#answerPrompt(readBody(answer, 'o', (body) => body.path()));
    return true;
  }

  /** The path of the item, unlocked; null where there is none. */
  async #find(name: ItemName): Promise<string | null> {
    const answer = await this.#callService('SearchItems', 'a{ss}', (body) => writeAttributes(body, name));
    const [unlocked, locked] = readBody(answer, 'aoao', (body) => [body.paths(), body.paths()] as const);
    const [path, ...others] = [...unlocked, ...locked];
    if (path === undefined) return null;
    if (others.length > 0) throw severalItems(name, others.length + 1);
    if (locked.length > 0) await this.#unlock(path);
    return path;
  }

  async #create(name: ItemName, value: Secret, session: Session): Promise<void> {
    const answer = await this.#call({
      path: this.#service.collection,
      interface: COLLECTION,
      member: 'CreateItem',
      signature: 'a{sv}(oayays)b',
      write(body) {
        writeProperties(body, name);
        writeSecret(body, value, session);
        // An item of these attributes that another process has just made is replaced.
        body.number(1);
      },
    });
    const [, prompt] = readBody(answer, 'oo', (body) => [body.path(), body.path()] as const);
    await this.#answerPrompt(prompt);
  }

  async #openSession(): Promise<Session> {
    const agreement = startKeyAgreement();
    const answer = await this.#callService('OpenSession', 'sv', (body) => {
      body.text(ALGORITHM);
      body.signature('ay');
      body.blob(agreement.publicKey);
    });
    return readBody(answer, 'vo', (body) => {
      if (body.signature() !== 'ay') throw new RangeError('not a public key');
      return { cipher: agreement.agree(body.blob()), path: body.path() };
    });
  }

  async #unlock(path: string): Promise<void> {
    const write = (body: Writer) => body.array(4, () => body.text(path));
    const answer = await this.#callService('Unlock', 'ao', write);
    const [, prompt] = readBody(answer, 'aoo', (body) => [body.paths(), body.path()] as const);
    await this.#answerPrompt(prompt);
  }

  async #answerPrompt(path: string): Promise<void> {
    if (path === NONE) return;
    const afterPrompt = this.#beforePrompt();
    const { bus, owner } = this.#service;
    const isCompletion = (signal: Message) =>
      signal.sender === owner &&
      signal.path === path &&
      signal.interface === PROMPT &&
      signal.member === 'Completed';
    const completed = bus.waitForSignal(isCompletion);
    const rule = `type='signal',sender='${owner}',interface='${PROMPT}',member='Completed',path='${path}'`;
    await bus.call({ ...BUS, member: 'AddMatch', signature: 's', write: (body) => body.text(rule) });
    // The argument is the window that the prompt belongs to: none.
    const write = (body: Writer) => body.text('');
    await this.#call({ path, interface: PROMPT, member: 'Prompt', signature: 's', write });
    afterPrompt(readBody(await completed, 'bv', (body) => body.boolean()));
  }

  #callService(member: string, signature: string, write: (body: Writer) => void): Promise<Message> {
    return this.#call({ path: SERVICE_PATH, interface: SERVICE_INTERFACE, member, signature, write });
  }

  async #call(method: Omit<MethodCall, 'destination'>): Promise<Message> {
    const answer = await this.#service.bus.call({ destination: this.#service.owner, ...method });
    if (answer.kind === 'error') throw new Error('the Secret Service refused');
    return answer;
  }
}

function writeAttributes(body: Writer, { service, account }: ItemName): void {
  body.array(8, () => {
    for (const [key, value] of [
      ['service', service],
      ['username', account],
    ] as const) {
      body.pad(8);
      body.text(key);
      body.text(value);
    }
  });
}

function writeProperties(body: Writer, name: ItemName): void {
  body.array(8, () => {
    body.text(`${ITEM}.Label`);
    body.signature('s');
    body.text(`keyring:${name.account}@${name.service}`);
    body.pad(8);
    body.text(`${ITEM}.Attributes`);
    body.signature('a{ss}');
    writeAttributes(body, name);
  });
}

function writeSecret(body: Writer, value: Secret, { path, cipher }: Session): void {
  const { iv, encrypted } = cipher.encrypt(Buffer.from(value.reveal(), 'utf8'));
  body.pad(8);
  body.text(path);
  body.blob(iv);
  body.blob(encrypted);
  body.text('application/octet-stream');
}

function readSecret(body: Reader, cipher: SessionCipher): Secret {
  body.align(8);
  // The session that it was encrypted for is the only one that this connection has.
  body.path();
  const plain = cipher.decrypt(body.blob(), body.blob());
  return Secret.of(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plain));
}

function severalItems({ service, account }: ItemName, count: number): AppError {
  return new AppError({
    code: 'unavailable',
    message: `the keychain has ${count} items "${account}" of "${service}"`,
    hint: 'open "Passwords and Keys" (seahorse) and delete those that keyturn did not make',
  });
}
