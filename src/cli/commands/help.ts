import { usage } from '../../domain/errors.ts';
import type { Command } from '../arguments/command.ts';
import { TOPICS } from '../arguments/topics.ts';

export const command: Command = {
  needsNoSecret: true,
  arguments: [{ name: '[words...]', about: 'a command, or a topic', values: Object.keys(TOPICS) }],
  details: `Topics:\n${Object.entries(TOPICS)
    .map(([name, topic]) => `  ${name.padEnd(14)} ${topic.about}`)
    .join('\n')}`,
  async run(app, input) {
    const words = input.arguments();
    const [first] = words;
    const topic =
      first === undefined ? undefined : Object.entries(TOPICS).find(([name]) => name === first)?.[1];
    if (topic) return { shape: 'text', text: await topic.render() };
    const text = await app.help(words);
    if (text === null) throw usage('there is no help on that', 'see `keyturn help`');
    const topics = words.length === 0 ? `\nTopics: keyturn help ${Object.keys(TOPICS).join(' | ')}\n` : '';
    return { shape: 'text', text: `${text}${topics}` };
  },
};
