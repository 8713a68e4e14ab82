import { describe, expect, test } from 'vitest';
import type { Entry } from '../../../../src/adapters/store/format.ts';
import { readStoreContent, type StoreContent } from '../../../../src/adapters/store/store-document.ts';
import { StoreEdit } from '../../../../src/adapters/store/store-edit.ts';
import { Secret } from '../../../../src/domain/secret.ts';

const entryText = (name: string, note = ''): string => `  ${name}:
    kind: token
    provider: devo
    origin: https://api.example.com
    settings: { region: us, domain: acme }
    versions:
${note}      v1:
        id: "7"
        scopes: [ table://my.app.** ]
        savedAt: 2026-11-29T06:45:29.272Z
        secret: secret-of-${name}
    current: v1
`;

const HEAD = '# mine\nschema: 1\ngeneration: 4\nstore: file\n';
/** Files that say the same three things: as keyturn writes them, and as people leave them. */
const FILES: readonly (readonly [string, string])[] = [
  ['as keyturn writes it', `${HEAD}credentials:\n${entryText('a')}${entryText('b')}${entryText('c')}`],
  [
    'with comments on lines of their own',
    `${HEAD}\n# the tokens\ncredentials:\n  # first\n${entryText('a')}\n  # of Ann\n\n${entryText('b', '      # old\n')}${entryText('c')}# end\n`,
  ],
  ['with the header last', `credentials:\n${entryText('a')}${entryText('b')}${entryText('c')}${HEAD}`],
  [
    'with YAML that only the library reads',
    `${HEAD}credentials:\n${entryText('a')}${entryText('b').replace('kind: token', "kind: 'token' # mine")}${entryText('c')}`,
  ],
  [
    'without a last line break',
    `${HEAD}credentials:\n${entryText('a')}${entryText('b')}${entryText('c')}`.trimEnd(),
  ],
];

const read = (text: string): Promise<StoreContent> =>
  readStoreContent(new TextEncoder().encode(text), 'credentials.yaml');

function need(edit: StoreEdit, name: string): Entry {
  const entry = edit.entries.get(name);
  if (!entry) throw new Error(`no ${name}`);
  return entry;
}

const EDITS: readonly (readonly [string, (edit: StoreEdit) => void])[] = [
  ['a new entry', (edit) => edit.put({ ...need(edit, 'a'), name: 'd' })],
  ['a name that looks like a number', (edit) => edit.put({ ...need(edit, 'a'), name: '1e3' })],
  [
    'another version',
    (edit) => {
      const b = need(edit, 'b');
      const added = {
        ...b.versions[0],
        version: 'v2',
        stored: { form: 'clear', secret: Secret.of('new') },
      } as never;
      edit.put({ ...b, versions: [...b.versions, added], current: 'v2' });
    },
  ],
  ['one that is gone', (edit) => edit.remove('b')],
  [
    'all that are gone',
    (edit) => {
      for (const name of ['a', 'b', 'c']) edit.remove(name);
    },
  ],
  [
    'another name',
    (edit) => {
      edit.move('b', 'x');
      edit.put({ ...need(edit, 'x'), name: 'x' });
    },
  ],
  [
    'another name, and its old one for a new entry',
    (edit) => {
      edit.move('b', 'x');
      edit.put({ ...need(edit, 'a'), name: 'b' });
    },
  ],
  [
    'one that is gone and comes again',
    (edit) => {
      const b = need(edit, 'b');
      edit.remove('b');
      edit.put({ ...b, project: 'p' });
    },
  ],
  ['nothing but the header', () => {}],
];

describe.each(FILES)('credentials.yaml %s', (_, text) => {
  test.each(EDITS)('says what was meant after an edit: %s', async (title, change) => {
    const edit = new StoreEdit(await read(text));
    change(edit);
    edit.setHeader({ ...edit.header, generation: 5 });
    const written = new TextDecoder().decode(await edit.toBytes());
    const back = await read(written);
    expect(back.header).toEqual(edit.header);
    expect([...back.entries.values()].map(reveal)).toEqual([...edit.entries.values()].map(reveal));
    // Comments of a person stay, but those of an entry that is gone.
    for (const comment of text.match(/#.*/g) ?? [])
      if (!title.includes('gone') || !/Ann|old|mine/.test(comment)) expect(written).toContain(comment);
    // What was not changed is written as it was.
    const untouched = entryText('c').trimEnd();
    if (edit.entries.has('c') && text.includes(untouched)) expect(written).toContain(untouched);
  });
});

function reveal(entry: Entry): unknown {
  return {
    ...entry,
    versions: entry.versions.map(({ stored, ...rest }) => ({
      ...rest,
      secret: stored.form === 'clear' ? stored.secret.reveal() : stored.bytes,
    })),
  };
}

test('a comment with an odd line separator is not taken for the generation', async () => {
  const edit = new StoreEdit(await read(`# mine\u2028generation: 3\n${HEAD}credentials:\n${entryText('a')}`));
  edit.setHeader({ ...edit.header, generation: 5 });
  const back = await read(new TextDecoder().decode(await edit.toBytes()));
  expect(back.header.generation).toBe(5);
});
