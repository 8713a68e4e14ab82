import { insteadOf } from '../../core/capabilities.ts';
import { usage } from '../../domain/errors.ts';
import { isStructured } from '../../output/report.ts';
import type { Command } from '../arguments/command.ts';
import { providerDocument, providersDocument } from '../documents/provider.ts';

/** The capability table, made from the provider definitions: what is absent there is a dash here. */
export const command: Command = {
  needsNoSecret: true,
  arguments: [
    {
      name: '[provider]',
      about: 'only this provider, with alternatives to what it does not support',
      values: 'providers',
    },
  ],
  async run(app, input) {
    const all = await app.allProviders();
    const id = input.optionalArgument(0);
    if (id !== undefined) {
      const one = all.find((provider) => provider.id === id);
      if (!one)
        throw usage(`there is no such provider`, `one of ${all.map((provider) => provider.id).join(', ')}`);
      return providerDocument(
        one,
        (operation) => insteadOf({ provider: one, profile: null }, operation) ?? null,
      );
    }
    const { format } = app.globals;
    return providersDocument(all, !isStructured(format) && format !== 'name');
  },
};
