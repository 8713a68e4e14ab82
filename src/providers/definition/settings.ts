import { usage } from '../../domain/errors.ts';
import type { Origin } from '../../domain/origin.ts';
import type { Setting } from '../../ports/provider.ts';
import type { Settings } from '../../ports/request.ts';
import { need } from '../settings.ts';
import type { SettingDefinition } from './account-table.ts';
import { hasForm } from './form.ts';
import { type Made, valuesOf } from './request.ts';
import { fillText } from './template.ts';

/** The form of a setting that says none: it may be part of a path, and of nothing else. */
const PLAIN = { chars: 'address', length: [1, 128] } as const;

export function settingOf(name: string, definition: SettingDefinition): Setting {
  const { about, example, choices, form = PLAIN, required = true } = definition;
  const hint =
    definition.hint ??
    (choices === undefined ? `write it as \`--${name} ${example}\`` : `choose one of ${choices.join(', ')}`);
  return {
    name,
    about,
    required,
    placeholder: example,
    ...(choices !== undefined && { choices }),
    check(given) {
      const value = given.trim();
      const fits = choices === undefined ? hasForm(value, form) : choices.includes(value);
      if (fits) return value;
      // Never repeats a value that may be a secret in the wrong place.
      throw usage(`that is not ${definition.is ?? `a value for "${name}"`}`, hint);
    },
  };
}

/** Only words of a fixed list may be part of a host, and they are looked at once more here. */
export function originOf(made: Made, given: Settings): Origin {
  const { origin } = made.definition;
  const inHost = made.settings.filter(({ name }) => origin.includes(`<setting.${name}>`));
  const checked = inHost.map((setting) => [setting.name, setting.check(need(given, setting))] as const);
  return fillText(origin, valuesOf(made, Object.fromEntries(checked))) ?? origin;
}
